"""Softmax regression by mini-batch gradient descent."""

from __future__ import annotations

from typing import Any

import numpy as np

from tutor.mine import cross_entropy, data_iter


def train_softmax_regression(
    X: np.ndarray,
    y: np.ndarray,
    X_val: np.ndarray,
    y_val: np.ndarray,
    *,
    lr: float = 0.03,
    epochs: int = 10,
    batch_size: int = 128,
    rng: np.random.Generator,
) -> dict[str, Any]:
    r"""Mini-batch gradient descent on the mean cross-entropy of the logits $x W + b$."""
    C = int(y.max()) + 1
    W = np.zeros((X.shape[1], C), dtype=X.dtype)  # (D, C)
    b = np.zeros(C, dtype=X.dtype)  # (C,)
    train_loss, val_acc = [], []
    for _ in range(epochs):
        total = 0.0
        for x, t in data_iter(batch_size, X, y, rng=rng):  # (B, D), (B,)
            loss, dz = cross_entropy(x @ W + b, t)  # (), (B, C)
            W -= lr * (x.T @ dz)  # (D, C)
            b -= lr * dz.sum(axis=0)  # (C,)
            total += loss * len(t)  # the last batch may be short
        train_loss.append(total / len(X))
        predicted = (X_val @ W + b).argmax(axis=1)  # (M,): softmax would keep the order
        val_acc.append(float(np.mean(predicted == y_val)))
    return {"W": W, "b": b, "train_loss": train_loss, "val_acc": val_acc}
