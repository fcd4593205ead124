"""The product of an incoming gradient with the Jacobian of softmax, without the Jacobian."""

from __future__ import annotations

import numpy as np


def softmax_backward(dout: np.ndarray, probs: np.ndarray, axis: int = -1) -> np.ndarray:
    r"""$\partial \ell / \partial z_j = p_j (g_j - \sum_i g_i p_i)$ along `axis`."""
    mean = np.sum(dout * probs, axis=axis, keepdims=True)  # (..., 1, ...) the gradient's mean under p
    return probs * (dout - mean)  # (..., C, ...)
