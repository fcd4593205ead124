"""A table of vectors, one a token: reading rows, and adding gradients to them."""

from __future__ import annotations

import numpy as np


class Embedding:
    r"""$y_s = W_{\text{idx}_s}$: the product of a one-hot matrix with W, without the zeros.

    W: (num, dim); dW: its gradient, summed over all backward passes since zero_grad.
    """

    def __init__(self, num: int, dim: int, rng: np.random.Generator, padding_idx: int | None = None) -> None:
        self.padding_idx = padding_idx
        self.W = rng.normal(size=(num, dim))  # (num, dim)
        if padding_idx is not None:
            self.W[padding_idx] = 0
        self.zero_grad()

    def forward(self, idx: np.ndarray) -> np.ndarray:
        """idx: integers of any shape S; returns S + (dim,). Raises IndexError outside 0 … num - 1."""
        if np.any((idx < 0) | (idx >= len(self.W))):  # NumPy would take -1 for the last row
            raise IndexError(f"indices must lie in 0 … {len(self.W) - 1}")
        self.idx = np.array(idx)  # S, a copy
        return np.take(self.W, self.idx, axis=0)  # S + (dim,), a copy even for a single index

    def backward(self, dout: np.ndarray) -> None:
        """dout: S + (dim,), the gradient at forward's result; each of its vectors is added to its token's row of dW."""
        rows = self.idx.reshape(-1)  # (M,)
        d = dout.reshape(-1, self.W.shape[1])  # (M, dim)
        if self.padding_idx is not None:
            kept = rows != self.padding_idx  # (M,)
            rows, d = rows[kept], d[kept]
        np.add.at(self.dW, rows, d)  # dW[rows] += d would count a repeated index once

    def zero_grad(self) -> None:
        """Start a new sum."""
        self.dW = np.zeros_like(self.W)  # (num, dim)
