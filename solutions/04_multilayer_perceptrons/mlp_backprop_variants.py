"""Other right ways to write mlp-backprop, and the mistakes that people make."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject, waive
from tutor.mine import Dense, act_backward, act_forward, cross_entropy, log_softmax, softmax


def _relu(d, z, a):
    return np.where(z > 0, d, 0)


def _mlp(params, X, y, l2, *, mask2=None, mask1=None, penalty=None, decay=None, scale=1.0, forward=None, db=None):
    """The right function with one thing wrong, so that each variant below names exactly its mistake."""
    W1, W2, W3 = params["W1"], params["W2"], params["W3"]
    z1 = X @ W1 + params["b1"]
    a1 = np.maximum(z1, 0)
    z2 = a1 @ W2 + params["b2"]
    a2 = np.maximum(z2, 0) if forward is None else forward(z2)
    loss, dz3 = cross_entropy(a2 @ W3 + params["b3"], y)
    dz3 = dz3 * scale
    weights = {"W1": W1, "W2": W2, "W3": W3}
    loss += (penalty or (lambda: l2 / 2 * sum(float((W * W).sum()) for W in weights.values())))()
    dz2 = (mask2 or (lambda d: _relu(d, z2, a2)))(dz3 @ W3.T)
    dz1 = (mask1 or (lambda d: _relu(d, z1, a1)))(dz2 @ W2.T)
    decay = l2 if decay is None else decay
    grads = {}
    for i, a, dz in (("1", X, dz1), ("2", a1, dz2), ("3", a2, dz3)):
        grads["W" + i] = a.T @ dz + decay * params["W" + i]
        grads["b" + i] = dz.sum(axis=0) if db is None else db(dz)
    return float(loss), grads


@accept("three Dense layers")
def mlp_loss_and_grads(params, X, y, l2=0.0):
    layers = []
    for i in "123":
        layer = Dense(*params["W" + i].shape, np.random.default_rng(0))
        layer.W, layer.b = params["W" + i], params["b" + i]
        layer.zero_grad()
        layers.append(layer)
    x, kept = X, []
    for layer in layers[:-1]:
        z = layer.forward(x)
        x = act_forward(z, "relu")
        kept.append((z, x))
    loss, d = cross_entropy(layers[-1].forward(x), y)
    d = layers[-1].backward(d)
    for layer, (z, a) in zip(layers[-2::-1], kept[::-1], strict=True):
        d = layer.backward(act_backward(d, z, a, "relu"))
    grads = {}
    for i, layer in zip("123", layers, strict=True):
        loss += 0.5 * l2 * float(np.sum(layer.W**2))
        grads |= {"W" + i: layer.dW + l2 * layer.W, "b" + i: layer.db}
    return loss, grads


@accept("softmax minus one-hot, masks from the outputs")
def mlp_loss_and_grads(params, X, y, l2=0.0):
    a, N = [X], len(X)
    for i in "12":
        a.append(np.maximum(np.dot(a[-1], params["W" + i]) + params["b" + i], 0))
    z = np.dot(a[-1], params["W3"]) + params["b3"]
    loss = -float(np.mean(log_softmax(z, axis=1)[np.arange(N), y]))
    d = softmax(z, axis=1)
    d[np.arange(N), y] -= 1
    d /= N
    grads = {}
    for i in (3, 2, 1):
        W = params[f"W{i}"]
        loss += l2 * float(np.square(W).sum()) / 2
        grads[f"W{i}"] = np.einsum("ni,no->io", a[i - 1], d) + l2 * W
        grads[f"b{i}"] = np.add.reduce(d, axis=0)
        d = d @ W.T * (a[i - 1] > 0)
    return loss, {key: grads[key] for key in params}


@reject(
    "no ReLU mask",
    "On the way back the gradient must pass through the ReLUs: dz2 = act_backward(dz3 @ W3.T, z2, a2, 'relu'). "
    "(If you do mask: a test such as a2 < 0 finds nothing, behind a ReLU nothing is negative.)",
)
def mlp_loss_and_grads(params, X, y, l2=0.0):
    return _mlp(params, X, y, l2, mask2=lambda d: d, mask1=lambda d: d)


@reject("no mask in the first layer", "The gradient passes the second ReLU, but not the first: mask da1 by z1 as well.")
def mlp_loss_and_grads(params, X, y, l2=0.0):
    return _mlp(params, X, y, l2, mask1=lambda d: d)


@reject(
    "no mask in the second layer", "The gradient passes the first ReLU, but not the second: mask da2 by z2 as well."
)
def mlp_loss_and_grads(params, X, y, l2=0.0):
    return _mlp(params, X, y, l2, mask2=lambda d: d)


@reject("mask from the gradient", "You kept the positive GRADIENTS. The mask of a ReLU comes from its input: z > 0.")
def mlp_loss_and_grads(params, X, y, l2=0.0):
    return _mlp(params, X, y, l2, mask2=lambda d: np.maximum(d, 0), mask1=lambda d: np.maximum(d, 0))


@reject("mask from the wrong layer", "da1 must be masked by z1 (or a1), the layer it belongs to; you masked it by z2.")
def mlp_loss_and_grads(params, X, y, l2=0.0):
    z1 = X @ params["W1"] + params["b1"]
    z2 = np.maximum(z1, 0) @ params["W2"] + params["b2"]
    return _mlp(params, X, y, l2, mask1=lambda d: act_backward(d, z2, z2, "relu"))


@reject(
    "leaky slope behind a ReLU",
    "You let 1 % of the gradient through where z < 0: that is leaky ReLU's slope. Here it is ReLU.",
)
def mlp_loss_and_grads(params, X, y, l2=0.0):
    z1 = X @ params["W1"] + params["b1"]
    z2 = np.maximum(z1, 0) @ params["W2"] + params["b2"]
    return _mlp(
        params,
        X,
        y,
        l2,
        mask2=lambda d: act_backward(d, z2, z2, "leaky_relu"),
        mask1=lambda d: act_backward(d, z1, z1, "leaky_relu"),
    )


@reject("slope of the sigmoid", "a * (1 - a) is the slope of a sigmoid. The hidden layers are ReLUs: a mask, z > 0.")
def mlp_loss_and_grads(params, X, y, l2=0.0):
    a1 = np.maximum(X @ params["W1"] + params["b1"], 0)
    a2 = np.maximum(a1 @ params["W2"] + params["b2"], 0)
    return _mlp(params, X, y, l2, mask2=lambda d: d * a2 * (1 - a2), mask1=lambda d: d * a1 * (1 - a1))


@reject("no ReLU behind the second layer", "The second hidden layer needs its ReLU too: a2 = relu(z2).")
def mlp_loss_and_grads(params, X, y, l2=0.0):
    return _mlp(params, X, y, l2, forward=lambda z: z.copy(), mask2=lambda d: d)


@reject("l2 gradient on the biases", "Only weights are penalised: leave the gradients of b1, b2 and b3 without l2.")
def mlp_loss_and_grads(params, X, y, l2=0.0):
    loss, grads = _mlp(params, X, y, l2)
    return loss, {key: grads[key] + l2 * params[key] if key[0] == "b" else grads[key] for key in grads}


@reject(
    "biases in the penalty",
    "The penalty counts the weights only; you added the biases to the loss and to their gradients.",
)
def mlp_loss_and_grads(params, X, y, l2=0.0):
    loss, grads = _mlp(params, X, y, 0.0)
    loss += l2 / 2 * float(sum((value**2).sum() for value in params.values()))
    return loss, {key: grads[key] + l2 * params[key] for key in grads}


@reject(
    "penalty in the loss only", "The penalty is part of the loss, so l2 * W belongs into dW: its gradient is missing."
)
def mlp_loss_and_grads(params, X, y, l2=0.0):
    return _mlp(params, X, y, l2, decay=0.0)


@reject("penalty in the gradients only", "The gradients contain l2 * W, but the loss lacks l2 / 2 times the squares.")
def mlp_loss_and_grads(params, X, y, l2=0.0):
    return _mlp(params, X, y, l2, penalty=lambda: 0.0)


@reject(
    "penalty without one half",
    "The penalty is l2 / 2 times the squares: your loss lacks the 1/2, so it does not fit the gradient l2 * W.",
)
def mlp_loss_and_grads(params, X, y, l2=0.0):
    return _mlp(params, X, y, l2, penalty=lambda: l2 * sum(float((params["W" + i] ** 2).sum()) for i in "123"))


@reject("penalty's gradient doubled", "The derivative of l2 / 2 * W**2 is l2 * W: the 2 of the square cancels the 1/2.")
def mlp_loss_and_grads(params, X, y, l2=0.0):
    return _mlp(params, X, y, l2, decay=2 * l2)


@reject("penalty is the norm, not its square", "The penalty is the SQUARED norm: the sum of squares without a root.")
def mlp_loss_and_grads(params, X, y, l2=0.0):
    return _mlp(params, X, y, l2, penalty=lambda: l2 / 2 * sum(float(np.linalg.norm(params["W" + i])) for i in "123"))


@reject(
    "penalty is a mean",
    "The penalty is the SUM of the squares, not their mean: it does not depend on the size of the layers.",
)
def mlp_loss_and_grads(params, X, y, l2=0.0):
    return _mlp(params, X, y, l2, penalty=lambda: l2 / 2 * sum(float((params["W" + i] ** 2).mean()) for i in "123"))


@reject("divided by N once more", "cross_entropy's gradient is that of the mean: it contains 1/N. You divided again.")
def mlp_loss_and_grads(params, X, y, l2=0.0):
    return _mlp(params, X, y, l2, scale=1 / len(X))


@reject("summed over the samples", "The loss is a mean: its gradient contains 1/N. Yours is N times too large.")
def mlp_loss_and_grads(params, X, y, l2=0.0):
    return _mlp(params, X, y, l2, scale=float(len(X)))


@reject("bias gradients averaged", "db is the SUM of dz over the samples: the 1/N is in dz already.")
def mlp_loss_and_grads(params, X, y, l2=0.0):
    return _mlp(params, X, y, l2, db=lambda dz: dz.mean(axis=0))


@reject("bias gradients with a row axis", "db must have the shape of b: leave keepdims away.")
def mlp_loss_and_grads(params, X, y, l2=0.0):
    return _mlp(params, X, y, l2, db=lambda dz: dz.sum(axis=0, keepdims=True))


@reject(
    "W2 changed before it is used",
    "params was changed. Compute all gradients first: the chain rule needs the old weights, and the step is the caller's.",
)
def mlp_loss_and_grads(params, X, y, l2=0.0):
    loss, grads = _mlp(params, X, y, l2)
    for key in params:
        params[key] -= 0.01 * grads[key]
    return loss, grads


@reject("weights without transpose", "Going back, each weight matrix is transposed: dz3 @ W3.T.")
def mlp_loss_and_grads(params, X, y, l2=0.0):
    W1, W2, W3 = params["W1"], params["W2"], params["W3"]
    z1 = X @ W1 + params["b1"]
    a1 = act_forward(z1, "relu")
    z2 = a1 @ W2 + params["b2"]
    a2 = act_forward(z2, "relu")
    loss, dz3 = cross_entropy(a2 @ W3 + params["b3"], y)
    dz2 = act_backward(dz3 @ W3, z2, a2, "relu")
    dz1 = act_backward(dz2 @ W2, z1, a1, "relu")
    parts = (("1", X, dz1), ("2", a1, dz2), ("3", a2, dz3))
    grads = {}
    for i, a, dz in parts:
        grads |= {"W" + i: a.T @ dz + l2 * params["W" + i], "b" + i: dz.sum(axis=0)}
    return loss, grads


@reject(
    "X instead of the hidden values",
    "dW2 is built from the INPUT of layer 2, which is a1; you used its pre-activation z1.",
)
def mlp_loss_and_grads(params, X, y, l2=0.0):
    loss, grads = _mlp(params, X, y, l2)
    z1 = X @ params["W1"] + params["b1"]
    z2 = np.maximum(z1, 0) @ params["W2"] + params["b2"]
    _, dz3 = cross_entropy(np.maximum(z2, 0) @ params["W3"] + params["b3"], y)
    dz2 = _relu(dz3 @ params["W3"].T, z2, None)
    return loss, {**grads, "W2": z1.T @ dz2 + l2 * params["W2"]}


@reject(
    "loss as a NumPy scalar of the batch",
    "The loss is the mean of the batch as a Python float; you returned the loss of a sum.",
)
def mlp_loss_and_grads(params, X, y, l2=0.0):
    loss, grads = _mlp(params, X, y, 0.0)
    penalty = l2 / 2 * sum(float((params["W" + i] ** 2).sum()) for i in "123")
    return loss * len(X) + penalty, {k: g + l2 * params[k] if k[0] == "W" else g for k, g in grads.items()}


@reject("gradients of the weights only", "Six parameters, six gradients: those of b1, b2 and b3 are missing.")
def mlp_loss_and_grads(params, X, y, l2=0.0):
    loss, grads = _mlp(params, X, y, l2)
    return loss, {key: grads[key] for key in ("W1", "W2", "W3")}


waive(
    "mlp_loss_and_grads: act_backward(dz3 @ W3.T, z2, a2, 'relu') → act_backward(dz3 @ W3.T, a2, z2, 'relu')",
    "relu(z) > 0 exactly where z > 0, so the mask may come from either",
)
waive(
    "mlp_loss_and_grads: act_backward(dz2 @ W2.T, z1, a1, 'relu') → act_backward(dz2 @ W2.T, a1, z1, 'relu')",
    "relu(z) > 0 exactly where z > 0, so the mask may come from either",
)
