"""Other right ways to write softmax and its logarithm, and the mistakes people make."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject, waive


@accept("softmax through log-sum-exp")
def softmax(z, axis=-1):
    return np.exp(log_softmax(z, axis))  # noqa: F821


@accept("classes moved to the end and back")
def softmax(z, axis=-1):
    rows = np.moveaxis(z, axis, -1)
    e = np.exp(rows - rows.max(-1)[..., None])
    return np.moveaxis(e / e.sum(-1)[..., None], -1, axis)


@accept("pairwise with logaddexp")
def logsumexp(z, axis=-1, keepdims=False):
    return np.logaddexp.reduce(z, axis=axis, keepdims=keepdims)


@accept("log_softmax written out")
def log_softmax(z, axis=-1):
    s = z - z.max(axis=axis, keepdims=True)
    return s - np.log(np.exp(s).sum(axis=axis, keepdims=True))


@reject("no maximum subtracted", "exp overflows for logits above 709 (float32: 88). Subtract the row's maximum first.")
def softmax(z, axis=-1):
    e = np.exp(z)
    return e / e.sum(axis=axis, keepdims=True)


@reject(
    "global maximum",
    "You subtract the largest number of the whole array: a row far below it underflows to 0/0. "
    "Take the maximum along `axis`, with keepdims=True.",
)
def softmax(z, axis=-1):
    e = np.exp(z - z.max())
    return e / e.sum(axis=axis, keepdims=True)


@reject("axis ignored", "These are the numbers of a softmax over the last axis. Which axis did the caller ask for?")
def softmax(z, axis=-1):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@reject("always over axis 0", "These are the numbers of a softmax over axis 0. Pass `axis` on to np.max and to np.sum.")
def softmax(z, axis=-1):
    e = np.exp(z - z.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


@reject("normalised over the whole array", "The whole array sums to 1; each slice along `axis` should: sum along it.")
def softmax(z, axis=-1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum()


@reject(
    "sum without keepdims",
    "Without keepdims=True the sum has lost its axis and broadcasts against the wrong one (or not at all).",
)
def softmax(z, axis=-1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis)


@reject(
    "largest absolute value subtracted",
    "You subtract the largest |z|. In a row far below 0 every exponential is then 0, and 0/0 is NaN: subtract the largest z.",
)
def softmax(z, axis=-1):
    e = np.exp(z - np.abs(z).max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@reject(
    "minimum subtracted", "You subtract the smallest logit: the others grow and exp overflows. Subtract the largest."
)
def softmax(z, axis=-1):
    e = np.exp(z - z.min(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@reject(
    "mean subtracted",
    "Any shift cancels on paper, but only the maximum keeps every exponent at or below 0: with the mean, exp overflows.",
)
def softmax(z, axis=-1):
    e = np.exp(z - z.mean(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@reject("logits clipped", "Clipping changes the logits: beyond the limits all classes look alike. Shift, do not clip.")
def softmax(z, axis=-1):
    e = np.exp(np.clip(z, -500, 500))
    return e / e.sum(axis=axis, keepdims=True)


@reject(
    "epsilon in the denominator",
    "After the shift the sum is at least 1, so nothing needs an epsilon; with it the row no longer sums to 1.",
)
def softmax(z, axis=-1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / (e.sum(axis=axis, keepdims=True) + 1e-8)


@reject(
    "caller's logits changed", "`-=` wrote into the caller's array: it now holds shifted logits. Write `z = z - …`."
)
def softmax(z, axis=-1):
    z -= z.max(axis=axis, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=axis, keepdims=True)


@reject("always float64", "float32 came in and float64 went out. Let the result keep the dtype of `z`.")
def softmax(z, axis=-1):
    e = np.exp(z.astype(np.float64) - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@reject(
    "impossible row made zero",
    "A row of -inf has no distribution: leave it NaN, as PyTorch does, so that the mistake upstream is seen.",
)
def softmax(z, axis=-1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return np.nan_to_num(e / e.sum(axis=axis, keepdims=True))


@reject(
    "log of softmax",
    "log(softmax(z)) is -inf wherever a probability has rounded to 0. Work with the logits: shifted z minus log-sum-exp.",
)
def log_softmax(z, axis=-1):
    with np.errstate(divide="ignore"):
        return np.log(softmax(z, axis))  # noqa: F821


@reject(
    "log of softmax plus epsilon",
    "The epsilon bends every log-probability and stops them at log(1e-12) = -27.6. Work with the logits instead.",
)
def log_softmax(z, axis=-1):
    return np.log(softmax(z, axis) + 1e-12)  # noqa: F821


@reject(
    "large minus large",
    "z - logsumexp(z) subtracts two large numbers: near 10 000 float32 has steps of 0.001. Subtract the row's "
    "maximum first, then the log-sum-exp of what is left.",
)
def log_softmax(z, axis=-1):
    return z - logsumexp(z, axis=axis, keepdims=True)  # noqa: F821


@reject(
    "log_softmax ignores axis", "log_softmax worked along the last axis. Pass `axis` on to the maximum and the sum."
)
def log_softmax(z, axis=-1):
    s = z - z.max(axis=-1, keepdims=True)
    return s - logsumexp(s, axis=-1, keepdims=True)  # noqa: F821


@reject(
    "no guard for impossible rows", "In a row of -inf the maximum is -inf and -inf - -inf is NaN: subtract 0 there."
)
def logsumexp(z, axis=-1, keepdims=False):
    m = z.max(axis=axis, keepdims=True)
    out = m + np.log(np.sum(np.exp(z - m), axis=axis, keepdims=True))
    return out if keepdims else np.squeeze(out, axis=axis)


@reject("plain log of the sum", "exp overflows to inf for large logits and all of them vanish for very negative ones.")
def logsumexp(z, axis=-1, keepdims=False):
    with np.errstate(divide="ignore", over="ignore"):
        return np.log(np.exp(z).sum(axis=axis, keepdims=keepdims))


@reject("maximum not added back", "You subtracted the maximum before exp; add it back after the log.")
def logsumexp(z, axis=-1, keepdims=False):
    m = z.max(axis=axis, keepdims=True)
    m = np.where(np.isfinite(m), m, 0)
    with np.errstate(divide="ignore"):
        return np.log(np.sum(np.exp(z - m), axis=axis, keepdims=keepdims))


@reject("keepdims ignored", "logsumexp must drop `axis` unless keepdims=True asks to keep it with size 1.")
def logsumexp(z, axis=-1, keepdims=False):
    return np.logaddexp.reduce(z, axis=axis, keepdims=True)


@reject(
    "squeezed without axis",
    "np.squeeze without `axis` drops EVERY axis of size 1. Name the one: np.squeeze(out, axis=axis).",
)
def logsumexp(z, axis=-1, keepdims=False):
    out = np.logaddexp.reduce(z, axis=axis, keepdims=True)
    return out if keepdims else np.asarray(np.squeeze(out))


waive(
    "logsumexp: np.where(np.isfinite(m), m, 0) → np.where(np.isfinite(m), m, 1)",
    "any finite number serves: exp(-inf) is 0 whatever is taken from -inf",
)
waive(
    "logsumexp: np.where(np.isfinite(m), m, 0) → np.where(np.isfinite(m), m, -1)",
    "any finite number serves: exp(-inf) is 0 whatever is taken from -inf",
)
