"""Rosenblatt's learning rule for a threshold neuron."""

from __future__ import annotations

import numpy as np


def perceptron_fit(
    X: np.ndarray, y: np.ndarray, lr: float = 1.0, max_epochs: int = 100
) -> tuple[np.ndarray, float, int, bool]:
    r"""On each mistake $w \mathrel{+}= \eta (y - \hat y) x$ and $b \mathrel{+}= \eta (y - \hat y)$."""
    w, b, updates = np.zeros(X.shape[1]), 0.0, 0  # (D,)
    for _ in range(max_epochs):
        mistakes = 0
        for x, target in zip(X, y, strict=True):  # x: (D,)
            error = int(target) - int(x @ w + b >= 0)  # -1, 0 or 1
            if error:
                w = w + lr * error * x  # (D,)
                b += lr * error
                mistakes += 1
        updates += mistakes
        if mistakes == 0:
            return w, b, updates, True
    return w, b, updates, False
