"""Softmax, its logarithm and the log-sum-exp under both, right at any logit."""

from __future__ import annotations

import numpy as np


def logsumexp(z: np.ndarray, axis: int = -1, keepdims: bool = False) -> np.ndarray:
    r"""$\log \sum_j e^{z_j} = m + \log \sum_j e^{z_j - m}$ with $m = \max_j z_j$, along `axis`."""
    m = np.max(z, axis=axis, keepdims=True)  # (..., 1, ...)
    m = np.where(np.isfinite(m), m, 0)  # (..., 1, ...): -inf - -inf would be NaN
    with np.errstate(divide="ignore"):  # the log of 0 is -inf: the answer for a row of -inf
        out = m + np.log(np.sum(np.exp(z - m), axis=axis, keepdims=True))  # (..., 1, ...)
    return out if keepdims else np.squeeze(out, axis=axis)


def softmax(z: np.ndarray, axis: int = -1) -> np.ndarray:
    r"""$e^{z_i - m} / \sum_j e^{z_j - m}$ with $m = \max_j z_j$, along `axis`."""
    e = np.exp(z - np.max(z, axis=axis, keepdims=True))  # (..., C, ...), in [0, 1]
    return e / np.sum(e, axis=axis, keepdims=True)  # (..., C, ...), sums to 1


def log_softmax(z: np.ndarray, axis: int = -1) -> np.ndarray:
    r"""$s_i - \log \sum_j e^{s_j}$ with $s = z - \max_j z_j$, along `axis`."""
    s = z - np.max(z, axis=axis, keepdims=True)  # (..., C, ...), at most 0: large logits lose no digits
    return s - logsumexp(s, axis=axis, keepdims=True)  # (..., C, ...)
