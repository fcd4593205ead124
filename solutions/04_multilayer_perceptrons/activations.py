"""Five activation functions and how a gradient passes back through them."""

from __future__ import annotations

import numpy as np

from tutor.mine import sigmoid


def act_forward(x: np.ndarray, kind: str, alpha: float = 0.01) -> np.ndarray:
    r"""$y = g(x)$, element by element; `alpha` is the slope of leaky ReLU for $x \le 0$."""
    if kind == "relu":
        return np.maximum(x, 0)
    if kind == "leaky_relu":
        return np.where(x > 0, x, alpha * x)
    if kind == "sigmoid":
        return sigmoid(x)
    if kind == "tanh":
        return np.tanh(x)
    if kind == "identity":
        return x.copy()
    raise ValueError(f"there is no activation {kind!r}")


def act_backward(dout: np.ndarray, x: np.ndarray, y: np.ndarray, kind: str, alpha: float = 0.01) -> np.ndarray:
    r"""$\partial L / \partial x = \partial L / \partial y \cdot g'(x)$, from whichever of x and y is handier."""
    if kind == "relu":
        return np.where(x > 0, dout, 0)
    if kind == "leaky_relu":
        return np.where(x > 0, dout, alpha * dout)
    if kind == "sigmoid":
        return dout * y * (1 - y)
    if kind == "tanh":
        return dout * (1 - y**2)
    if kind == "identity":
        return dout.copy()
    raise ValueError(f"there is no activation {kind!r}")
