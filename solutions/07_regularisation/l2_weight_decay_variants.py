"""Other right ways to write the L2 penalty and weight decay, and the mistakes that people make."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject


@accept("comprehensions and vdot")
def l2_penalty(params, lam):
    weights = {name: p for name, p in params.items() if np.ndim(p) > 1}
    grads = {name: (p * lam if name in weights else np.zeros(p.shape, p.dtype)) for name, p in params.items()}
    return 0.5 * lam * sum((float(np.vdot(p, p)) for p in weights.values()), 0.0), grads


@accept("Frobenius norm, squared")
def l2_penalty(params, lam):
    total, grads = 0.0, {}
    for name, p in params.items():
        charged = p.ndim >= 2
        total += float(np.linalg.norm(p.ravel()) ** 2) * lam / 2 if charged else 0.0
        grads[name] = p * (lam if charged else 0.0)
    return total, grads


@accept("penalty's gradient added first")
def sgd_decay_step(w, grad, lr, lam):
    return w - lr * (grad + lam * w)


@accept("in place on a copy")
def sgd_decay_step(w, grad, lr, lam):
    new = w.copy()
    new *= 1 - lr * lam
    new -= lr * grad
    return new


@reject(
    "norm not squared", "The penalty is half of lam times the SQUARED norm; only then is its gradient linear, lam · W."
)
def l2_penalty(params, lam):
    grads = {name: lam * p if p.ndim >= 2 else np.zeros_like(p) for name, p in params.items()}
    return lam / 2 * sum(float(np.linalg.norm(p.ravel())) for p in params.values() if p.ndim >= 2), grads


@reject(
    "spectral norm",
    "np.linalg.norm(W, 2) of a matrix is its largest singular value. The penalty sums the squares of all entries.",
)
def l2_penalty(params, lam):
    grads = {name: lam * p if p.ndim >= 2 else np.zeros_like(p) for name, p in params.items()}
    total = sum(float(np.linalg.norm(p.reshape(len(p), -1), 2) ** 2) for p in params.values() if p.ndim >= 2 and p.size)
    return lam / 2 * total, grads


@reject(
    "biases included",
    "The biases are charged too. A bias does not make the function any wilder, it only shifts the output: leave out "
    "every array with fewer than two axes.",
)
def l2_penalty(params, lam):
    return lam / 2 * sum(float(np.sum(p * p)) for p in params.values()), {
        k: lam * np.asarray(p) for k, p in params.items()
    }


@reject("gradient with a factor 2", "The square brings a 2, the ½ in front cancels it: the gradient is lam · W.")
def l2_penalty(params, lam):
    grads = {name: 2 * lam * p if p.ndim >= 2 else np.zeros_like(p) for name, p in params.items()}
    return lam / 2 * sum(float(np.sum(p * p)) for p in params.values() if p.ndim >= 2), grads


@reject("half in the gradient", "The ½ is gone in the gradient: the derivative of ½ W² is W.")
def l2_penalty(params, lam):
    grads = {name: lam / 2 * p if p.ndim >= 2 else np.zeros_like(p) for name, p in params.items()}
    return lam / 2 * sum(float(np.sum(p * p)) for p in params.values() if p.ndim >= 2), grads


@reject(
    "penalty without the half", "Your penalty is twice too large for its gradient: lam / 2 stands in front of the sum."
)
def l2_penalty(params, lam):
    grads = {name: lam * p if p.ndim >= 2 else np.zeros_like(p) for name, p in params.items()}
    return lam * sum(float(np.sum(p * p)) for p in params.values() if p.ndim >= 2), grads


@reject("mean of the squares", "You averaged the squares: every weight would get cheaper the more there are. Sum them.")
def l2_penalty(params, lam):
    grads = {name: lam * p if p.ndim >= 2 else np.zeros_like(p) for name, p in params.items()}
    return lam / 2 * sum(float(np.mean(p * p)) for p in params.values() if p.ndim >= 2 and p.size), grads


@reject(
    "absolute values", "These are absolute values, the L1 penalty, which drives weights to exactly 0. L2 squares them."
)
def l2_penalty(params, lam):
    grads = {name: lam / 2 * np.sign(p) if p.ndim >= 2 else np.zeros_like(p) for name, p in params.items()}
    return lam / 2 * sum(float(np.abs(p).sum()) for p in params.values() if p.ndim >= 2), grads


@reject("square of the sum", "Weights of opposite sign cancelled: square each entry first, then sum.")
def l2_penalty(params, lam):
    grads = {name: lam * p if p.ndim >= 2 else np.zeros_like(p) for name, p in params.items()}
    return lam / 2 * sum(float(np.sum(p)) ** 2 for p in params.values() if p.ndim >= 2), grads


@reject(
    "biases left out of the dict",
    "A name is missing: whoever adds these gradients to others needs zeros for the biases.",
)
def l2_penalty(params, lam):
    weights = {name: p for name, p in params.items() if p.ndim >= 2}
    return lam / 2 * sum(float(np.sum(p * p)) for p in weights.values()), {k: lam * p for k, p in weights.items()}


@reject("None for biases", "A bias got None. Its gradient is an array of zeros in its shape, so that it can be added.")
def l2_penalty(params, lam):
    grads = {name: lam * p if p.ndim >= 2 else None for name, p in params.items()}
    return lam / 2 * sum(float(np.sum(p * p)) for p in params.values() if p.ndim >= 2), grads


@reject(
    "decided by the name",
    "The name decided what is a weight. An array called W may have one axis and a kernel any name: look at ndim.",
)
def l2_penalty(params, lam):
    grads = {name: lam * p if name.startswith("W") else np.zeros_like(p) for name, p in params.items()}
    return lam / 2 * sum(float(np.sum(p * p)) for name, p in params.items() if name.startswith("W")), grads


@reject(
    "zeros in float64",
    "np.zeros makes float64 unless told otherwise: np.zeros_like(w) has shape and dtype of the parameter.",
)
def l2_penalty(params, lam):
    grads = {name: lam * p if p.ndim >= 2 else np.zeros(p.shape) for name, p in params.items()}
    return lam / 2 * sum(float(np.sum(p * p)) for p in params.values() if p.ndim >= 2), grads


@reject("matrices only", "Arrays with more than two axes are weights too: the kernels of a convolution have four.")
def l2_penalty(params, lam):
    grads = {name: lam * p if p.ndim == 2 else np.zeros_like(p) for name, p in params.items()}
    return lam / 2 * sum(float(np.sum(p * p)) for p in params.values() if p.ndim == 2), grads


@reject(
    "shrinks by lam instead of lr·lam",
    "The weights shrink by lam, whatever the learning rate. The factor is 1 - lr·lam: the penalty's gradient is multiplied "
    "by lr like any other.",
)
def sgd_decay_step(w, grad, lr, lam):
    return w * (1 - lam) - lr * grad


@reject("learning rate twice", "The learning rate went in twice: the shrink factor is 1 - lr·lam.")
def sgd_decay_step(w, grad, lr, lam):
    return w - lr * (grad + lr * lam * w)


@reject(
    "gradient shrunk as well", "The step itself was shrunk too. Only the OLD weights are: (1 - lr·lam)·w - lr·grad."
)
def sgd_decay_step(w, grad, lr, lam):
    return (w - lr * grad) * (1 - lr * lam)


@reject("weights grow", "The weights grow: the penalty's gradient is subtracted, so the factor is 1 MINUS lr·lam.")
def sgd_decay_step(w, grad, lr, lam):
    return w * (1 + lr * lam) - lr * grad


@reject("climbs instead of descending", "You added the gradient: the step goes against it.")
def sgd_decay_step(w, grad, lr, lam):
    return w * (1 - lr * lam) + lr * grad


@reject("half of the decay", "The gradient of lam/2 · w² is lam · w: there is no half in the step.")
def sgd_decay_step(w, grad, lr, lam):
    return w * (1 - lr * lam / 2) - lr * grad


@reject("twice the decay", "The 2 of the square is cancelled by the ½ in the penalty: the shrink factor is 1 - lr·lam.")
def sgd_decay_step(w, grad, lr, lam):
    return w * (1 - 2 * lr * lam) - lr * grad


@reject("held back at zero", "The factor may be negative: with lr·lam > 1 the step overshoots, as PyTorch's does.")
def sgd_decay_step(w, grad, lr, lam):
    return w * max(0.0, 1 - lr * lam) - lr * grad


@reject("decay forgotten", "This is plain SGD: the old weights are not multiplied by 1 - lr·lam.")
def sgd_decay_step(w, grad, lr, lam):
    return w - lr * grad


@reject("in place", "`-=` and `*=` wrote into the caller's weights. Return a new array.")
def sgd_decay_step(w, grad, lr, lam):
    w *= 1 - lr * lam
    w -= lr * grad
    return w
