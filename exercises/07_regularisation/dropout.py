"""Inverted dropout."""

from __future__ import annotations

import numpy as np


class Dropout:
    r"""Sets activations to zero with probability $p$ in training, and scales the others by $1 / (1 - p)$."""

    def __init__(self, p: float, rng: np.random.Generator) -> None:
        """p: the probability to drop, 0 <= p <= 1, else ValueError. rng: where every mask comes from."""
        # TODO: refuse a p that is no probability, keep both arguments.
        raise NotImplementedError

    def forward(self, x: np.ndarray, training: bool = True) -> np.ndarray:
        r"""$y_i = m_i x_i / (1 - p)$ with a fresh mask in training; x itself in evaluation.

        x: any shape; returns that shape and dtype.
        """
        # TODO: in evaluation there is no mask: remember that for backward.
        # TODO: in training draw one number an element, keep the mask for backward, apply it.
        raise NotImplementedError

    def backward(self, dout: np.ndarray) -> np.ndarray:
        r"""$\partial L / \partial x$ for the last forward. dout: the shape of x; returns the same shape and dtype."""
        # TODO: the same mask and the same scale as in the last forward.
        raise NotImplementedError
