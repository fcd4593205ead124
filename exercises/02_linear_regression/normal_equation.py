"""Closed-form least squares with ridge."""

import numpy as np


def lstsq_fit(X: np.ndarray, y: np.ndarray, l2: float = 0.0) -> tuple[np.ndarray, float]:
    r"""Minimise $\|X w + b - y\|^2 + \lambda \|w\|^2$; the bias is not penalised.

    Args:
        X: (N, D), N >= 1.
        y: (N,).
        l2: lambda, at least 0.

    Returns:
        (w, b): float64 (D,) and a float. With many minimisers, the one with the smallest norm of w.
    """
    # TODO: centre X and y, in float64.
    # TODO: solve the least-squares problem of the centred data, with the penalty as D more rows.
    # TODO: the bias from the means.
    raise NotImplementedError
