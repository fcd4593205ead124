"""Capstone: LeNet, trained with nothing but NumPy and your own layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from tutor.mine import conv2d, conv2d_backward, cross_entropy, data_iter, kaiming_normal, maxpool2d, maxpool2d_backward


def _start(classes: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Kaiming-normal weights, laid out as PyTorch does (outputs first), and zero biases; float32."""
    shapes = [(6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (classes, 84)]
    params = {}
    for i, shape in enumerate(shapes, start=1):
        params[f"W{i}"] = kaiming_normal(shape, rng)
        params[f"b{i}"] = np.zeros(shape[0], dtype=np.float32)
    return params


def _relu(z: np.ndarray) -> np.ndarray:
    return np.maximum(z, 0)


def _forward(p: dict[str, np.ndarray], X: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Logits, and what the way back needs."""
    a1 = _relu(conv2d(X, p["W1"], p["b1"], padding=2))  # (N, 6, 28, 28)
    p1, i1 = maxpool2d(a1, 2)  # (N, 6, 14, 14)
    a2 = _relu(conv2d(p1, p["W2"], p["b2"]))  # (N, 16, 10, 10)
    p2, i2 = maxpool2d(a2, 2)  # (N, 16, 5, 5)
    flat = p2.reshape(len(X), 400)  # (N, 400)
    a3 = _relu(flat @ p["W3"].T + p["b3"])  # (N, 120)
    a4 = _relu(a3 @ p["W4"].T + p["b4"])  # (N, 84)
    logits = a4 @ p["W5"].T + p["b5"]  # (N, C)
    return logits, (X, a1, i1, p1, a2, i2, flat, a3, a4)


def _backward(p: dict[str, np.ndarray], dlogits: np.ndarray, kept: tuple[np.ndarray, ...]) -> dict[str, np.ndarray]:
    """The gradient of every parameter, from the last layer to the first."""
    X, a1, i1, p1, a2, i2, flat, a3, a4 = kept
    g, d = {}, dlogits  # (N, C)
    for i, x in ((5, a4), (4, a3), (3, flat)):
        g[f"W{i}"], g[f"b{i}"] = d.T @ x, d.sum(axis=0)  # (n_out, n_in), (n_out,)
        d = d @ p[f"W{i}"] * (x > 0)  # (N, n_in): each x came out of a ReLU, flat through the pooling
    d = maxpool2d_backward(d.reshape(i2.shape), i2, a2.shape) * (a2 > 0)  # (N, 16, 10, 10)
    d, g["W2"], g["b2"] = conv2d_backward(d, p1, p["W2"])  # (N, 6, 14, 14)
    d = maxpool2d_backward(d, i1, a1.shape) * (a1 > 0)  # (N, 6, 28, 28)
    _, g["W1"], g["b1"] = conv2d_backward(d, X, p["W1"], padding=2)
    return g


def train_lenet(
    X: np.ndarray,
    y: np.ndarray,
    X_val: np.ndarray,
    y_val: np.ndarray,
    *,
    epochs: int = 4,
    lr: float = 0.02,
    momentum: float = 0.9,
    batch_size: int = 64,
    rng: np.random.Generator,
) -> dict[str, Any]:
    r"""Mini-batch descent with momentum: $v \leftarrow \mu v + g$, then $w \leftarrow w - \eta v$.

    Args:
        X: (N, 1, 28, 28) float32, standardised.
        y: (N,) classes 0 … C-1.
        X_val: (M, 1, 28, 28) float32.
        y_val: (M,).
        epochs: passes over the data.
        lr: the learning rate.
        momentum: what is kept of the velocity.
        batch_size: images a step; the last batch may be smaller.
        rng: first for the weights, then for the order of the batches.

    Returns:
        {"params": W1, b1, … W5, b5, "train_loss": one float an epoch, "val_acc": one float an epoch}.
    """
    p = _start(int(y.max()) + 1, rng)
    v = {name: np.zeros_like(value) for name, value in p.items()}
    train_loss, val_acc = [], []
    for _ in range(epochs):
        total = 0.0
        for x, t in data_iter(batch_size, X, y, rng=rng):  # (B, 1, 28, 28), (B,)
            logits, kept = _forward(p, x)  # (B, C)
            loss, dlogits = cross_entropy(logits, t)  # float, (B, C)
            g = _backward(p, dlogits, kept)
            for name in p:
                v[name] = momentum * v[name] + g[name]
                p[name] = p[name] - lr * v[name]
            total += loss * len(t)
        train_loss.append(total / len(X))
        val_acc.append(float(np.mean(_forward(p, X_val)[0].argmax(axis=1) == y_val)))
    return {"params": p, "train_loss": train_loss, "val_acc": val_acc}
