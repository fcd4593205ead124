"""Compares a backward function written by hand with central differences of its forward function."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tutor.checks.failure import CheckFailure, Words

DIRECTIONS = 20


def gradients(
    fn: Callable[[np.ndarray], object],
    x: np.ndarray,
    analytic: np.ndarray,
    *,
    what: str = "the gradient",
    rtol: float = 1e-6,
    step: float = 1e-6,
    directions: int = DIRECTIONS,
) -> None:
    r"""Raise CheckFailure unless `analytic` is the gradient of the scalar function `fn` at `x`.

    Compares the slope along random directions $u$ of length 1:
    $(f(x + hu) - f(x - hu)) / 2h \approx \langle \nabla f(x), u \rangle$, with $h$ scaled to the size of `x`.

    Args:
        fn: a scalar function of one array, usually the loss with everything else fixed.
        x: where; float64.
        analytic: the gradient to be checked, in the shape of `x`.
        what: what to call it.
        rtol: relative error, with respect to the largest slope.
        step: h relative to max(1, |x|).
        directions: how many directions to try.
    """
    gradient = np.asarray(analytic)
    if gradient.shape != x.shape:
        message = f"{what} has shape {gradient.shape}, that of its argument is {x.shape}"
        raise CheckFailure(message, kind="shape", input={"x": x}, got=gradient, expected=Words(f"shape {x.shape}"))
    if not x.size:
        return
    rng = np.random.default_rng(list(x.shape))
    point = np.asarray(x, dtype=np.float64)
    h = step * max(1.0, float(np.abs(point).max()))
    slopes, claimed = np.empty(directions), np.empty(directions)
    for k in range(directions):
        u = rng.normal(size=point.shape)
        u /= np.linalg.norm(u)
        slopes[k] = (_scalar(fn(point + h * u)) - _scalar(fn(point - h * u))) / (2 * h)
        claimed[k] = float((gradient * u).sum())
    error = np.abs(slopes - claimed)
    if not (error <= rtol * max(1.0, float(np.abs(slopes).max()))).all():
        worst = int(np.nan_to_num(error, nan=np.inf).argmax())
        rises = f"along a direction it rises by {slopes[worst]:.6g}, not by {claimed[worst]:.6g}"
        raise CheckFailure(
            f"{what} is not the slope of the function: {rises}",
            kind="gradient",
            input={"x": x},
            expected=Words(f"slope {slopes[worst]:.6g}"),
            got=gradient,
        )


def _scalar(value: object) -> float:
    return float(np.asarray(value).reshape(()))
