"""Logistic regression on all samples at once, one column a sample."""

from __future__ import annotations

import numpy as np

from tutor.mine import bce_with_logits, sigmoid


def logistic_loss_and_grad(X: np.ndarray, Y: np.ndarray, w: np.ndarray, b: float) -> tuple[float, np.ndarray, float]:
    r"""$J$, $\partial J / \partial w = X (A - Y)^\top / m$ and $\partial J / \partial b = \sum (A - Y) / m$."""
    Z = w.T @ X + b  # (1, m)
    dZ = (sigmoid(Z) - Y) / X.shape[1]  # (1, m): the chain through log and sigmoid collapses to A - Y
    return bce_with_logits(Z, Y), X @ dZ.T, float(dZ.sum())  # (), (n_x, 1), ()
