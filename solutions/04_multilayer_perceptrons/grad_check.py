"""Numerical gradients, and a judge for the ones you derived."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def numerical_grad(f: Callable[[np.ndarray], float], x: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    r"""$\left( f(x + \varepsilon e_i) - f(x - \varepsilon e_i) \right) / 2 \varepsilon$ for every entry $i$, in float64."""
    at = np.array(x, dtype=np.float64)  # x's shape: a copy, so that x stays as it is
    grad = np.zeros_like(at)  # x's shape
    for i in np.ndindex(at.shape):
        old = at[i]
        at[i] = old + eps
        above = f(at)
        at[i] = old - eps
        below = f(at)
        at[i] = old  # exactly the old bits: (old + eps) - eps may differ
        grad[i] = (above - below) / (2 * eps)
    return grad


def relative_error(a: np.ndarray, b: np.ndarray) -> float:
    r"""$\|a - b\| / (\|a\| + \|b\|)$ in float64: 0 when equal (both zero, too), 1 at most."""
    if a.shape != b.shape:
        raise ValueError(f"a has shape {a.shape} but b has shape {b.shape}")
    a, b = a.astype(np.float64).ravel(), b.astype(np.float64).ravel()  # (n,) each
    size = np.linalg.norm(a) + np.linalg.norm(b)
    return float(np.linalg.norm(a - b) / size) if size != 0 else 0.0


def grad_check(
    f: Callable[[np.ndarray], float], x: np.ndarray, analytic: np.ndarray, eps: float = 1e-5, tol: float = 1e-6
) -> bool:
    """Whether `analytic` is the gradient of f at x, as far as differences can tell."""
    return relative_error(numerical_grad(f, x, eps), analytic) < tol
