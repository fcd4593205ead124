"""A table of vectors, one a token: reading rows, and adding gradients to them."""

from __future__ import annotations

import numpy as np


class Embedding:
    r"""$y_s = W_{\text{idx}_s}$: the product of a one-hot matrix with W, without the zeros.

    Attributes: W: (num, dim); dW: its gradient, summed over all backward passes since zero_grad.
    """

    def __init__(self, num: int, dim: int, rng: np.random.Generator, padding_idx: int | None = None) -> None:
        """W: standard normal, float64, from rng; the row padding_idx is zero. dW starts at zero."""
        # TODO: make W, clear its padding row, let dW start at zero.
        raise NotImplementedError

    def forward(self, idx: np.ndarray) -> np.ndarray:
        """Look rows up.

        Args:
            idx: integers of any shape S, also () and empty.

        Returns:
            A new array of shape S + (dim,).

        Raises:
            IndexError: an index is negative, or not below num.
        """
        # TODO: refuse what is out of range, remember the indices, return their rows.
        raise NotImplementedError

    def backward(self, dout: np.ndarray) -> None:
        """Add the gradient at forward's result, S + (dim,), to dW: each vector to the row of its token, none to padding_idx."""
        # TODO: repeated indices add up.
        raise NotImplementedError

    def zero_grad(self) -> None:
        """Set dW to zeros in the shape and dtype of W."""
        # TODO: one line.
        raise NotImplementedError
