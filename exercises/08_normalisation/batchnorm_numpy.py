from __future__ import annotations

import numpy as np


def batchnorm_forward(
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    running: dict[str, np.ndarray],
    *,
    training: bool,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[np.ndarray, tuple]:
    r"""$y = \gamma (x - \mu) / \sqrt{\sigma^2 + \varepsilon} + \beta$ for each feature.

    x: (N, D); gamma, beta, running["mean"], running["var"]: (D,). Returns (y: (N, D), cache for the backward pass).
    """
    # TODO: in training, take mean and biased variance over the batch (a single row: ValueError) and update `running`.
    # TODO: in evaluation, take them from `running`.
    # TODO: normalise, scale, shift; put into the cache what the backward pass needs.
    raise NotImplementedError


def batchnorm_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """dout: (N, D). Returns (dx: (N, D), dgamma: (D,), dbeta: (D,))."""
    # TODO: dgamma and dbeta are sums over the batch.
    # TODO: dx has three parts in training: directly, through the mean, through the variance. In evaluation only one.
    raise NotImplementedError
