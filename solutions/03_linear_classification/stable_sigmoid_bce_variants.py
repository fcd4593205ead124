"""Other safe ways to the sigmoid and its loss, and the ways that overflow, clip or lose digits."""

from __future__ import annotations

import numpy as np

from tutor.checks import accept, reject, waive


@accept("two signs through masks")
def sigmoid(z):
    out = np.empty_like(z)
    positive = z >= 0
    out[positive] = 1 / (1 + np.exp(-z[positive]))
    e = np.exp(z[~positive])
    out[~positive] = e / (1 + e)
    return out


@accept("through logaddexp")
def sigmoid(z):
    return np.exp(-np.logaddexp(0, -z))


@accept("loss through logaddexp")
def bce_with_logits(z, y):
    if z.shape != y.shape:
        raise ValueError("shapes differ")
    return float(np.mean(y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)))


@accept("loss through softplus of the wrong side")
def bce_with_logits(z, y):
    if np.shape(z) != np.shape(y):
        raise ValueError("shapes differ")
    tail = np.log1p(np.exp(-np.abs(z)))
    return np.mean(y * (np.maximum(-z, 0) + tail) + (1 - y) * (np.maximum(z, 0) + tail)).item()


@reject(
    "formula as on paper",
    "exp(1000) overflows. Use exp(-|z|), which is always <= 1, and treat the two signs of z separately.",
)
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


@reject(
    "np.where computes both sides",
    "np.where picks after BOTH sides have been computed: the side you do not need overflows. Compute exp(-|z|) once.",
)
def sigmoid(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))


@reject(
    "through tanh",
    "(1 + tanh(z/2)) / 2 is right on paper, but 1 + tanh cancels for negative z: sigmoid(-50) is 1.9e-22, not 0.",
)
def sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


@reject("one minus the other side", "1 - 1/(1 + e^z) cancels: for z = -50 both are 1 and the small tail is lost.")
def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), 1 - 1 / (1 + e)).astype(z.dtype)


@reject("logits clipped", "Clipping z keeps exp quiet but changes the answer: sigmoid(-50) must be 1.9e-22.")
def sigmoid(z):
    z = np.clip(z, -30, 30)
    return 1 / (1 + np.exp(-z))


@reject("sign of z", "sigmoid rises: large z gives 1. Your function falls, so a sign is turned round.")
def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, e, 1) / (1 + e)


@reject("zero left out", "z = 0 is neither in z > 0 nor in z < 0: one of your two cases must take it, and give 1/2.")
def sigmoid(z):
    out = np.zeros_like(z)
    right, left = z > 0, z < 0
    out[right] = 1 / (1 + np.exp(-z[right]))
    out[left] = np.exp(z[left]) / (1 + np.exp(z[left]))
    return out


@reject("dtype lost", "float32 came in and float64 went out. Let the result keep the dtype of `z`.")
def sigmoid(z):
    e = np.exp(-np.abs(z.astype(np.float64)))
    return np.where(z >= 0, 1, e) / (1 + e)


def _same_shape(z, y):
    if z.shape != y.shape:
        raise ValueError("shapes differ")


@reject(
    "probabilities clipped",
    "Clipping caps the loss at about 16.1: at z = -1000, y = 1 the true loss is 1000, and its gradient must not vanish.",
)
def bce_with_logits(z, y):
    _same_shape(z, y)
    p = np.clip(sigmoid(z), 1e-7, 1 - 1e-7)  # noqa: F821
    return float(-(y * np.log(p) + (1 - y) * np.log(1 - p)).mean())


@reject(
    "logarithm of the sigmoid",
    "log(sigmoid(z)) is log(0) once the sigmoid has rounded to 0 or 1. Simplify the formula until no sigmoid is left.",
)
def bce_with_logits(z, y):
    _same_shape(z, y)
    p = sigmoid(z)  # noqa: F821
    return float(-(y * np.log(p) + (1 - y) * np.log(1 - p)).mean())


@reject(
    "epsilon inside the logarithm",
    "The epsilon bends the loss and caps it at about 20.7. Simplify the formula until no sigmoid is left.",
)
def bce_with_logits(z, y):
    _same_shape(z, y)
    p = sigmoid(z)  # noqa: F821
    return float(-(y * np.log(p + 1e-9) + (1 - y) * np.log(1 - p + 1e-9)).mean())


@reject(
    "sign of the linear term",
    "The sign of z*y is turned round: a positive target should reward a positive logit, so the term is - z*y.",
)
def bce_with_logits(z, y):
    _same_shape(z, y)
    return float((np.maximum(z, 0) + z * y + np.log1p(np.exp(-np.abs(z)))).mean())


@reject(
    "log(1 + x)",
    "For |z| > 37 the 1 swallows the exponential and the loss becomes 0. np.log1p keeps the digits.",
)
def bce_with_logits(z, y):
    _same_shape(z, y)
    return float((np.maximum(z, 0) - z * y + np.log(1 + np.exp(-np.abs(z)))).mean())


@reject(
    "log(1 + e^z) as it stands", "exp(z) overflows for large z. Write log(1 + e^z) as max(z, 0) + log1p(exp(-|z|))."
)
def bce_with_logits(z, y):
    _same_shape(z, y)
    return float((np.log1p(np.exp(z)) - z * y).mean())


@reject("sum instead of mean", "The mean over all elements was asked for, not the sum.")
def bce_with_logits(z, y):
    _same_shape(z, y)
    return float((np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))).sum())


@reject("mean over rows only", "The mean runs over ALL elements, not only over the first axis.")
def bce_with_logits(z, y):
    _same_shape(z, y)
    losses = np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))
    return float(losses.sum() / (len(losses) if losses.ndim else 1))


@reject("targets rounded", "Targets may lie between 0 and 1 (soft labels). Use them as they are.")
def bce_with_logits(z, y):
    _same_shape(z, y)
    return float((np.maximum(z, 0) - z * (y > 0.5) + np.log1p(np.exp(-np.abs(z)))).mean())


@reject(
    "shapes left to broadcasting",
    "(N, 1) against (N,) broadcasts to (N, N), silently. Compare the shapes and raise ValueError.",
)
def bce_with_logits(z, y):
    return float((np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))).mean())


waive("sigmoid: z >= 0 → z > 0", "at z = 0 both sides are 1/2")
waive("bce_with_logits: np.maximum(z, 0) → np.maximum(0, z)", "the maximum commutes")
