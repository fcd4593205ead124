from __future__ import annotations

from collections.abc import Callable

import numpy as np


def numerical_grad(f: Callable[[np.ndarray], float], x: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    r"""$\left( f(x + \varepsilon e_i) - f(x - \varepsilon e_i) \right) / 2 \varepsilon$ for every entry $i$ of $x$.

    f: takes an array of x's shape, gives a number; x: float32 or float64, any shape, also () and empty.
    Returns float64 in x's shape. Computes in float64 throughout and leaves x as it is, bit by bit.
    """
    # TODO: for each entry: shift it up, evaluate, shift it down, evaluate, put the old value back.
    raise NotImplementedError


def relative_error(a: np.ndarray, b: np.ndarray) -> float:
    r"""$\|a - b\| / (\|a\| + \|b\|)$ over all entries, in float64; 0.0 when both are zero.

    a, b: of one shape, else ValueError. Returns a Python float.
    """
    # TODO: three norms and a division; mind the case in which there is nothing to divide by.
    raise NotImplementedError


def grad_check(
    f: Callable[[np.ndarray], float], x: np.ndarray, analytic: np.ndarray, eps: float = 1e-5, tol: float = 1e-6
) -> bool:
    """True when the relative error between `analytic` and the numerical gradient is below tol, else False."""
    # TODO: one line with the two functions above.
    raise NotImplementedError
