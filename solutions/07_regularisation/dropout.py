"""Inverted dropout as a layer: the mask is drawn in forward and used again in backward."""

from __future__ import annotations

import numpy as np


class Dropout:
    r"""Sets activations to zero with probability $p$ in training, and scales the others by $1 / (1 - p)$."""

    def __init__(self, p: float, rng: np.random.Generator) -> None:
        if not 0 <= p <= 1:
            raise ValueError(f"p is a probability, from 0 to 1, not {p}")
        self.p, self.rng = p, rng
        self.multiplier: np.ndarray | None = None  # x's shape: 0 or 1 / (1 - p); None: the identity

    def forward(self, x: np.ndarray, training: bool = True) -> np.ndarray:
        r"""$y_i = m_i x_i / (1 - p)$ with a fresh mask in training; the values of x in evaluation."""
        if not training:
            self.multiplier = None
            return x.copy()  # x's shape
        keep = self.rng.random(x.shape) >= self.p  # x's shape: True with probability 1 - p
        scale = 1 / (1 - self.p) if self.p < 1 else 0.0  # p = 1 keeps nothing that would need a scale
        self.multiplier = keep.astype(x.dtype) * scale  # x's shape
        return x * self.multiplier  # x's shape

    def backward(self, dout: np.ndarray) -> np.ndarray:
        r"""$\partial L / \partial x$ for the last forward: the same mask, the same scale."""
        return dout.copy() if self.multiplier is None else dout * self.multiplier  # x's shape
