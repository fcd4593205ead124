"""The logistic function and its loss, right for every float."""

from __future__ import annotations

import numpy as np


def sigmoid(z: np.ndarray) -> np.ndarray:
    r"""$1 / (1 + e^{-z})$ where $z \ge 0$, and $e^z / (1 + e^z)$ where $z < 0$: the same number, no overflow."""
    e = np.exp(-np.abs(z))  # z's shape, in (0, 1]
    return np.where(z >= 0, 1, e) / (1 + e)  # z's shape


def bce_with_logits(z: np.ndarray, y: np.ndarray) -> float:
    r"""Mean of $\max(z, 0) - z y + \log(1 + e^{-|z|})$."""
    if z.shape != y.shape:
        raise ValueError(f"z has shape {z.shape} but y has shape {y.shape}")
    losses = np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))  # z's shape
    return float(losses.mean())
