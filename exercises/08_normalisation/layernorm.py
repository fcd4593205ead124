from __future__ import annotations

import numpy as np


def layernorm_forward(
    x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5
) -> tuple[np.ndarray, tuple]:
    r"""$y = \gamma (x - \mu) / \sqrt{\sigma^2 + \varepsilon} + \beta$, with the statistics of each row.

    x: (..., D); gamma, beta: (D,). Returns (y: (..., D), cache for the backward pass).
    """
    # TODO: mean and biased variance along the last axis; normalise, scale, shift.
    raise NotImplementedError


def layernorm_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """dout: (..., D). Returns (dx: (..., D), dgamma: (D,), dbeta: (D,))."""
    # TODO: dgamma and dbeta are sums over all rows; dx also flows through the mean and the variance of its row.
    raise NotImplementedError
