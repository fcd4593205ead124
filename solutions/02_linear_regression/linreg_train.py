"""Capstone: linear regression from your own parts."""

from typing import Any

import numpy as np

from tutor.mine import data_iter, linreg_loss_and_grad


def train_linreg(
    X: np.ndarray,
    y: np.ndarray,
    *,
    lr: float = 0.03,
    epochs: int = 3,
    batch_size: int = 10,
    rng: np.random.Generator,
) -> dict[str, Any]:
    r"""Mini-batch gradient descent on the mean squared error, from $w = 0$ and $b = 0$.

    Args:
        X: (N, D).
        y: (N,).
        lr: the learning rate.
        epochs: walks through the data.
        batch_size: rows in a batch; the last one may be shorter.
        rng: where every order comes from.

    Returns:
        {"w": (D,) with the dtype of X, "b": float, "history": one float an epoch}; history holds the mean squared error
        over all data after each epoch.
    """
    w, b = np.zeros(X.shape[1], dtype=X.dtype), 0.0  # (D,), ()
    history = []
    for _ in range(epochs):
        for xb, yb in data_iter(batch_size, X, y, rng=rng):  # (batch_size, D), (batch_size,)
            _, dw, db = linreg_loss_and_grad(xb, yb, w, b)  # (D,), ()
            w = w - lr * dw
            b = b - lr * db
        history.append(linreg_loss_and_grad(X, y, w, b)[0])
    return {"w": w, "b": b, "history": history}
