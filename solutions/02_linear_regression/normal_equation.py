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
    X, y = X.astype(np.float64), y.astype(np.float64)
    D = X.shape[1]
    x_mean, y_mean = X.mean(axis=0), y.mean()  # (D,), ()
    A = np.concatenate([X - x_mean, np.sqrt(l2) * np.eye(D)])  # (N + D, D): the data, then the penalty
    t = np.concatenate([y - y_mean, np.zeros(D)])  # (N + D,)
    w, *_ = np.linalg.lstsq(A, t, rcond=None)  # (D,) the shortest of the minimisers
    return w, float(y_mean - x_mean @ w)
