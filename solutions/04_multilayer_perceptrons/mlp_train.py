"""A multilayer perceptron, trained from scratch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tutor.mine import act_forward, data_iter, mlp_loss_and_grads


def train_mlp(
    X: np.ndarray,
    y: np.ndarray,
    X_val: np.ndarray,
    y_val: np.ndarray,
    *,
    hidden: tuple[int, int] = (128, 64),
    lr: float = 0.05,
    epochs: int = 8,
    batch_size: int = 64,
    rng: np.random.Generator,
) -> dict[str, Any]:
    r"""Mini-batch gradient descent on the mean cross-entropy of a network with two hidden ReLU layers."""
    sizes = (X.shape[1], *hidden, int(y.max()) + 1)  # D, H1, H2, C
    params = {}
    for i in (1, 2, 3):
        n_in, n_out = sizes[i - 1], sizes[i]
        W = rng.normal(size=(n_in, n_out)) * math.sqrt(2 / n_in)  # (n_in, n_out)
        params[f"W{i}"] = W.astype(X.dtype)
        params[f"b{i}"] = np.zeros(n_out, dtype=X.dtype)  # (n_out,)
    train_loss, val_acc = [], []
    for _ in range(epochs):
        total = 0.0
        for x, t in data_iter(batch_size, X, y, rng=rng):  # (B, D), (B,)
            loss, grads = mlp_loss_and_grads(params, x, t)
            for name in params:
                params[name] -= lr * grads[name]
            total += loss * len(t)  # the last batch may be short
        train_loss.append(total / len(X))
        a1 = act_forward(X_val @ params["W1"] + params["b1"], "relu")  # (M, H1)
        a2 = act_forward(a1 @ params["W2"] + params["b2"], "relu")  # (M, H2)
        predicted = (a2 @ params["W3"] + params["b3"]).argmax(axis=1)  # (M,)
        val_acc.append(float(np.mean(predicted == y_val)))
    return {"params": params, "train_loss": train_loss, "val_acc": val_acc}
