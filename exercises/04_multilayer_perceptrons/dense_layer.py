from __future__ import annotations

import numpy as np


class Dense:
    r"""$y = x W + b$ on the last axis of $x$.

    Attributes: W: (n_in, n_out) and b: (n_out,), or None without bias; dW and db: their gradients, summed over all
    backward passes since the last zero_grad (db is None without bias).
    """

    def __init__(self, n_in: int, n_out: int, rng: np.random.Generator, bias: bool = True) -> None:
        r"""W: normal with mean 0 and standard deviation $\sqrt{1 / n_{in}}$, from rng; b: zeros. Both float64."""
        # TODO: make W and b; let dW and db start at zero.
        raise NotImplementedError

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x: (..., n_in), any number of leading axes; returns x @ W + b: (..., n_out)."""
        # TODO: keep a copy of x, backward will need it.
        raise NotImplementedError

    def backward(self, dout: np.ndarray) -> np.ndarray:
        r"""dout: $\partial L / \partial y$, (..., n_out). ADDS to dW and db; returns $\partial L / \partial x$, (..., n_in)."""
        # TODO: flatten the leading axes of x and dout to one axis of M rows.
        # TODO: add to dW and db; return the gradient at x, in the shape of x.
        raise NotImplementedError

    def zero_grad(self) -> None:
        """Set dW and db to zeros in the shape and dtype of W and b."""
        # TODO: two arrays of zeros; db stays None without bias.
        raise NotImplementedError
