"""The dense layer: forward, backward, and gradients that add up."""

from __future__ import annotations

import math

import numpy as np


class Dense:
    r"""$y = x W + b$ on the last axis of $x$.

    W: (n_in, n_out), b: (n_out,) or None; dW, db: their gradients, summed over all backward passes since zero_grad.
    """

    def __init__(self, n_in: int, n_out: int, rng: np.random.Generator, bias: bool = True) -> None:
        self.W = rng.normal(size=(n_in, n_out)) * math.sqrt(1 / n_in)  # (n_in, n_out)
        self.b = np.zeros(n_out) if bias else None  # (n_out,)
        self.zero_grad()

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x: (..., n_in); returns (..., n_out) and keeps a copy of x for backward."""
        self.x = x.copy()  # (..., n_in)
        y = x @ self.W  # (..., n_out)
        return y if self.b is None else y + self.b

    def backward(self, dout: np.ndarray) -> np.ndarray:
        """dout: (..., n_out), the gradient at forward's result; returns the gradient at its input, (..., n_in)."""
        x = self.x.reshape(-1, self.W.shape[0])  # (M, n_in): all leading axes are one long batch
        d = dout.reshape(-1, self.W.shape[1])  # (M, n_out)
        self.dW += x.T @ d  # (n_in, M) @ (M, n_out)
        if self.db is not None:
            self.db += d.sum(axis=0)  # (n_out,)
        return dout @ self.W.T  # (..., n_in)

    def zero_grad(self) -> None:
        """Start new sums: zeros in the shape and dtype of W and b."""
        self.dW = np.zeros_like(self.W)  # (n_in, n_out)
        self.db = None if self.b is None else np.zeros_like(self.b)  # (n_out,)
