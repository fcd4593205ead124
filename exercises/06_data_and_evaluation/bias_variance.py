from __future__ import annotations

from collections.abc import Callable

import numpy as np


def poly_features(x: np.ndarray, degree: int) -> np.ndarray:
    r"""Columns $x^0, x^1, \ldots$ up to `degree`: (N,) → (N, degree + 1), in the dtype of x."""
    # TODO: one column a power, the constant one first.
    raise NotImplementedError


def bias_variance(
    x_test: np.ndarray,
    f_true: Callable[[np.ndarray], np.ndarray],
    sample_train: Callable[[np.random.Generator], tuple[np.ndarray, np.ndarray]],
    degree: int,
    n_repeats: int,
    rng: np.random.Generator,
) -> tuple[float, float]:
    r"""Squared bias and variance of polynomial least squares, averaged over x_test.

    x_test: (M,). f_true: the truth without noise, (M,) → (M,). sample_train(rng): a fresh training set (x, y).
    Returns (mean over x of (mean prediction - truth)², mean over x of the variance over the training sets).
    """
    # TODO: for each repeat draw a training set, fit it by least squares, predict at x_test.
    # TODO: the mean prediction at each x, its distance from the truth, and the spread of the fits around it.
    raise NotImplementedError
