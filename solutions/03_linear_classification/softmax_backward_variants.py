"""Other right backward passes through softmax, and the popular wrong ones."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject


@accept("two products, then subtract")
def softmax_backward(dout, probs, axis=-1):
    weighted = dout * probs
    return weighted - probs * weighted.sum(axis=axis, keepdims=True)


@accept("classes moved to the end, einsum for the mean")
def softmax_backward(dout, probs, axis=-1):
    g, p = np.moveaxis(dout, axis, -1), np.moveaxis(probs, axis, -1)
    mean = np.einsum("...c,...c->...", g, p)
    return np.moveaxis(p * (g - mean[..., None]), -1, axis)


@accept("row by row with matrix products")
def softmax_backward(dout, probs, axis=-1):
    g, p = np.moveaxis(dout, axis, -1), np.moveaxis(probs, axis, -1)
    mean = (g[..., None, :] @ p[..., :, None])[..., 0]
    return np.moveaxis((g - mean) * p, -1, axis)


@reject(
    "diagonal only",
    "That is the diagonal of the Jacobian: every output depends on every logit. Subtract the row's "
    "probability-weighted mean of dout.",
)
def softmax_backward(dout, probs, axis=-1):
    return dout * probs * (1 - probs)


@reject(
    "probs - dout",
    "p - y is the gradient of softmax followed by cross-entropy. Here anything may follow: use the incoming gradient.",
)
def softmax_backward(dout, probs, axis=-1):
    return probs - dout


@reject("sum over the whole array", "Sum along the softmax axis only, with keepdims=True: each row has its own mean.")
def softmax_backward(dout, probs, axis=-1):
    return probs * (dout - np.sum(dout * probs))


@reject("axis ignored", "The sum ran along the last axis. Which axis did the caller's softmax run along?")
def softmax_backward(dout, probs, axis=-1):
    return probs * (dout - np.sum(dout * probs, axis=-1, keepdims=True))


@reject("plain mean", "The mean of dout must be weighted by the probabilities, not by 1/C.")
def softmax_backward(dout, probs, axis=-1):
    return probs * (dout - dout.mean(axis=axis, keepdims=True))


@reject("plain sum", "The sum must be weighted by the probabilities: sum(dout * probs), not sum(dout).")
def softmax_backward(dout, probs, axis=-1):
    return probs * (dout - dout.sum(axis=axis, keepdims=True))


@reject("sum without keepdims", "Without keepdims=True the sum has lost its axis and broadcasts against the wrong one.")
def softmax_backward(dout, probs, axis=-1):
    return probs * (dout - np.sum(dout * probs, axis=axis))


@reject("factor p forgotten", "Each class gets its share: the bracket is multiplied by its own probability.")
def softmax_backward(dout, probs, axis=-1):
    return dout - np.sum(dout * probs, axis=axis, keepdims=True)


@reject(
    "mean not subtracted",
    "p * dout treats softmax as a product by constants. The normaliser depends on the logits too.",
)
def softmax_backward(dout, probs, axis=-1):
    return dout * probs


@reject("sign", "The sign is turned round: it is dout minus its mean.")
def softmax_backward(dout, probs, axis=-1):
    return probs * (np.sum(dout * probs, axis=axis, keepdims=True) - dout)


@reject("softmax applied again", "`probs` are probabilities already; you ran them through a softmax once more.")
def softmax_backward(dout, probs, axis=-1):
    e = np.exp(probs - probs.max(axis=axis, keepdims=True))
    p = e / e.sum(axis=axis, keepdims=True)
    return p * (dout - np.sum(dout * p, axis=axis, keepdims=True))


@reject(
    "mean subtracted once more",
    "The entries add up to 0 without help. What you subtract is rounding error: where a probability is 0, the gradient must "
    "be exactly 0.",
)
def softmax_backward(dout, probs, axis=-1):
    dz = probs * (dout - np.sum(dout * probs, axis=axis, keepdims=True))
    return dz - dz.mean(axis=axis, keepdims=True)


@reject(
    "log-softmax's gradient",
    "That is the backward pass of LOG-softmax: dout - p * sum(dout). Here p itself was the output.",
)
def softmax_backward(dout, probs, axis=-1):
    return dout - probs * dout.sum(axis=axis, keepdims=True)


@reject(
    "writes into dout", "`-=` changed the caller's gradient, which may still be needed elsewhere. Make a new array."
)
def softmax_backward(dout, probs, axis=-1):
    dout -= np.sum(dout * probs, axis=axis, keepdims=True)
    return probs * dout


@reject(
    "explicit Jacobian",
    "Right numbers, but you built a C x C matrix for each row. Only its product with dout is needed.",
)
def softmax_backward(dout, probs, axis=-1):
    g, p = np.moveaxis(dout, axis, -1), np.moveaxis(probs, axis, -1)
    jacobian = p[..., :, None] * (np.eye(p.shape[-1], dtype=p.dtype) - p[..., None, :])
    return np.moveaxis((jacobian @ g[..., None])[..., 0], -1, axis)
