"""Other right ways to measure the gradient at every depth, and the mistakes that people make."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject
from tutor.mine import act_backward, act_forward


def passes(weights, x, kind):
    """Every layer's input, z and output."""
    h = x
    for W in weights:
        z = h @ W
        out = act_forward(z, kind)
        yield W, h, z, out
        h = out


def frobenius(values):
    return np.sqrt(np.sum(values**2))


def walk(weights, x, kind, note, start=np.ones_like, after=lambda delta, W: delta @ W.T):
    """From the last layer to the first; `note` says what is kept of a layer, given its input, delta and weights."""
    kept = list(passes(weights, x, kind))
    dh, noted = start(kept[-1][3]), []
    for W, before, z, out in kept[::-1]:
        delta = act_backward(dh, z, out, kind)
        noted.append(note(before, delta, W))
        dh = after(delta, W)
    return np.array(noted[::-1], dtype=x.dtype)


def weight_norm(before, delta, W):
    return frobenius(before.T @ delta)


@accept("derivatives written out, einsum")
def gradient_profile(weights, x, activation):
    slope = {
        "identity": lambda z: np.ones_like(z),
        "sigmoid": lambda z: np.exp(-np.logaddexp(0, -z) - np.logaddexp(0, z)).astype(z.dtype),
        "tanh": lambda z: 1 - np.tanh(z) ** 2,
        "relu": lambda z: (z > 0).astype(z.dtype),
    }[activation]
    hs, zs = [x], []
    for W in weights:
        zs.append(hs[-1] @ W)
        hs.append(act_forward(zs[-1], activation))
    result, delta = np.zeros(len(weights), x.dtype), slope(zs[-1])
    for i in range(len(weights) - 1, -1, -1):
        result[i] = frobenius(np.einsum("ni,nj->ij", hs[i], delta))
        if i:
            delta = (delta @ weights[i].T) * slope(zs[i - 1])
    return result


@accept("recursive")
def gradient_profile(weights, x, activation):
    norms = np.empty(len(weights), x.dtype)

    def back(h, i):
        if i == len(weights):
            return np.ones_like(h)
        z = h @ weights[i]
        out = act_forward(z, activation)
        delta = act_backward(back(out, i + 1), z, out, activation)
        norms[i] = np.linalg.norm(h.T @ delta, "fro")
        return delta @ weights[i].T

    back(x, 0)
    return norms


@reject(
    "gradient of the activations",
    "You measured the gradient at the layer's output. Asked is the gradient of the weights: the input's transpose times delta.",
)
def gradient_profile(weights, x, activation):
    return walk(weights, x, activation, lambda before, delta, W: frobenius(delta))


@reject("norm of the weights", "You measured the weights themselves. Asked is the length of their gradients.")
def gradient_profile(weights, x, activation):
    return walk(weights, x, activation, lambda before, delta, W: frobenius(W))


@reject(
    "activation's derivative missing",
    "Every layer has its activation's derivative as a factor: delta = (what comes from above) · g'(z). You left it out.",
)
def gradient_profile(weights, x, activation):
    kept, norms = list(passes(weights, x, activation)), []
    dh = np.ones_like(kept[-1][3])
    for W, before, _, _ in kept[::-1]:
        norms.append(weight_norm(before, dh, W))
        dh = dh @ W.T
    return np.array(norms[::-1])


@reject(
    "last activation forgotten",
    "The last layer has an activation as well: the walk back begins with ones times g'(z_L), not with ones.",
)
def gradient_profile(weights, x, activation):
    kept, norms = list(passes(weights, x, activation)), []
    dh = np.ones_like(kept[-1][3])
    for i, (W, before, z, out) in enumerate(kept[::-1]):
        delta = act_backward(dh, z, out, activation) if i else dh
        norms.append(weight_norm(before, delta, W))
        dh = delta @ W.T
    return np.array(norms[::-1])


@reject(
    "no activation at all",
    "Neither the way forward nor the way back went through the activation.",
)
def gradient_profile(weights, x, activation):
    return walk(weights, x, "identity", weight_norm)


@reject(
    "last layer first", "Your norms stand in the order in which you met them, last layer first. Turn the list round."
)
def gradient_profile(weights, x, activation):
    return walk(weights, x, activation, weight_norm)[::-1].copy()


@reject("mean over the batch", "You divided by the batch size. The loss is a sum over the batch: there is no 1/N.")
def gradient_profile(weights, x, activation):
    return walk(weights, x, activation, weight_norm, start=lambda h: np.ones_like(h) / max(len(h), 1))


@reject(
    "mean of all outputs",
    "You divided by the number of outputs: the loss is the sum of all numbers that come out, so start from ones.",
)
def gradient_profile(weights, x, activation):
    return walk(weights, x, activation, weight_norm, start=lambda h: np.ones_like(h) / max(h.size, 1))


@reject(
    "outputs instead of ones",
    "You began the walk back with the outputs, as if the loss were half the sum of their squares. The gradient of a sum is 1.",
)
def gradient_profile(weights, x, activation):
    return walk(weights, x, activation, weight_norm, start=lambda h: h)


@reject(
    "output in place of the input",
    "The gradient of a layer's weights is made of what went INTO the layer, not of what came out of it.",
)
def gradient_profile(weights, x, activation):
    kept, norms = list(passes(weights, x, activation)), []
    dh = np.ones_like(kept[-1][3])
    for W, _, z, out in kept[::-1]:
        delta = act_backward(dh, z, out, activation)
        norms.append(frobenius(out.T @ delta))
        dh = delta @ W.T
    return np.array(norms[::-1])


@reject(
    "layer's input for the activation's output",
    "act_backward(dout, z, y, kind) wants z and what the activation made of it, h_l. You passed the layer's input, h_{l-1}.",
)
def gradient_profile(weights, x, activation):
    kept, norms = list(passes(weights, x, activation)), []
    dh = np.ones_like(kept[-1][3])
    for W, before, z, _ in kept[::-1]:
        delta = act_backward(dh, z, before, activation)
        norms.append(weight_norm(before, delta, W))
        dh = delta @ W.T
    return np.array(norms[::-1])


@reject("root forgotten", "These are the squares of the norms: take the root of the sum of squares.")
def gradient_profile(weights, x, activation):
    return walk(weights, x, activation, lambda before, delta, W: np.sum((before.T @ delta) ** 2))


@reject(
    "spectral norm",
    "np.linalg.norm(G, 2) of a matrix is its largest singular value. The Frobenius norm is the default, without a second argument.",
)
def gradient_profile(weights, x, activation):
    return walk(weights, x, activation, lambda before, delta, W: np.linalg.norm(before.T @ delta, 2))


@reject(
    "mean size of the entries", "You averaged absolute values. The Frobenius norm is the root of the sum of squares."
)
def gradient_profile(weights, x, activation):
    return walk(weights, x, activation, lambda before, delta, W: np.abs(before.T @ delta).mean())


@reject("matrix not transposed", "Back through a layer the gradient is multiplied by the TRANSPOSE of its matrix.")
def gradient_profile(weights, x, activation):
    return walk(weights, x, activation, weight_norm, after=lambda delta, W: delta @ W)


@reject("a list", "A list came back: return an array of shape (L,).")
def gradient_profile(weights, x, activation):
    return list(walk(weights, x, activation, weight_norm))


@reject("float64 whatever comes in", "float32 came in and float64 went out: give the array of norms the dtype of x.")
def gradient_profile(weights, x, activation):
    return walk(weights, x, activation, weight_norm).astype(np.float64)


@reject(
    "gradients shortened on the way",
    "You scaled the gradient to length 1 at each layer. Then no layer can tell how little arrives: measure what is there.",
)
def gradient_profile(weights, x, activation):
    return walk(
        weights, x, activation, weight_norm, after=lambda delta, W: delta @ W.T / max(frobenius(delta @ W.T), 1e-300)
    )
