"""Polynomials as linear models, and what their error is made of."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def poly_features(x: np.ndarray, degree: int) -> np.ndarray:
    r"""Columns $x^0, x^1, \ldots$ up to `degree`."""
    return (x[:, None] ** np.arange(degree + 1)).astype(x.dtype)  # (N, degree + 1)


def bias_variance(
    x_test: np.ndarray,
    f_true: Callable[[np.ndarray], np.ndarray],
    sample_train: Callable[[np.random.Generator], tuple[np.ndarray, np.ndarray]],
    degree: int,
    n_repeats: int,
    rng: np.random.Generator,
) -> tuple[float, float]:
    r"""Fit many training sets; where the fits are wrong together is bias, where they disagree is variance."""
    test = poly_features(x_test, degree)  # (M, degree + 1)
    predictions = np.empty((n_repeats, len(x_test)))  # (R, M)
    for r in range(n_repeats):
        x, y = sample_train(rng)  # (N,), (N,)
        w = np.linalg.lstsq(poly_features(x, degree), y, rcond=None)[0]  # (degree + 1,)
        predictions[r] = test @ w  # (M,)
    mean = predictions.mean(axis=0)  # (M,)
    bias2 = np.mean((mean - f_true(x_test)) ** 2)
    variance = np.mean(predictions.var(axis=0))
    return float(bias2), float(variance)
