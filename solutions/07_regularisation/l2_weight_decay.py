"""The L2 penalty, and weight decay: what it does to a step of gradient descent."""

from __future__ import annotations

import numpy as np


def l2_penalty(params: dict[str, np.ndarray], lam: float) -> tuple[float, dict[str, np.ndarray]]:
    r"""$P = \frac{\lambda}{2} \sum_W \sum_i W_i^2$ over all arrays with two axes or more, and $\partial P/\partial W$."""
    squares, grads = 0.0, {}
    for name, w in params.items():
        if w.ndim >= 2:
            squares += float(np.sum(w * w))
            grads[name] = lam * w  # w's shape
        else:
            grads[name] = np.zeros_like(w)  # w's shape: a bias is free
    return lam / 2 * squares, grads


def sgd_decay_step(w: np.ndarray, grad: np.ndarray, lr: float, lam: float) -> np.ndarray:
    r"""$w - \eta (g + \lambda w) = (1 - \eta \lambda)\,w - \eta\,g$."""
    return (1 - lr * lam) * w - lr * grad  # w's shape
