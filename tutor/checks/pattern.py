"""Says in words where two arrays of the same shape differ. Pure text from numbers."""

from __future__ import annotations

import numpy as np


def describe(got: np.ndarray, expected: np.ndarray, wrong: np.ndarray) -> str:
    """The count, the first index with both numbers, the largest error, and the row or axis that holds all of them."""
    if got.ndim == 0:
        return f"{number(got[()])} instead of {number(expected[()])}"
    count = int(wrong.sum())
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    amount = "every element differs" if count == wrong.size else f"{count} of {wrong.size} elements differ"
    if wrong.size == 1:
        amount = "the only element differs"
    parts = [f"{amount}; first at {index(first)}: {number(got[first])} instead of {number(expected[first])}"]
    largest = _largest_error(got, expected, wrong)
    if largest and count > 1:
        parts.append(largest)
    place = _place(wrong)
    if place:
        parts.append(place)
    return "; ".join(parts)


def number(value: object) -> str:
    """A number, short: six significant digits."""
    if isinstance(value, (float, np.floating)):
        return f"{float(value):.6g}"
    if isinstance(value, (complex, np.complexfloating)):
        return f"{complex(value):.6g}"
    return str(value)


def index(position: tuple[int, ...]) -> str:
    """(0, 1) → `[0, 1]`."""
    return f"[{', '.join(map(str, position))}]"


def _largest_error(got: np.ndarray, expected: np.ndarray, wrong: np.ndarray) -> str:
    if got.dtype.kind not in "fciu":
        return ""
    with np.errstate(all="ignore"):
        error = np.abs(got.astype(complex if got.dtype.kind == "c" else float) - expected)
    error = np.where(wrong & np.isfinite(error), error, -1.0)
    if float(error.max()) <= 0.0:
        return ""
    where = tuple(int(i) for i in np.unravel_index(int(error.argmax()), error.shape))
    return f"largest error {float(error.max()):.3g} at {index(where)}"


def _place(wrong: np.ndarray) -> str:
    """The one row, column or slice that holds every difference, if there is one; shape (n,) has no such place."""
    if wrong.ndim < 2 or wrong.all():
        return ""
    names = ("row", "column") if wrong.ndim == 2 else tuple(f"axis {axis}, index" for axis in range(wrong.ndim))
    for axis, name in enumerate(names):
        if wrong.shape[axis] < 2:
            continue
        hit = np.flatnonzero(wrong.any(axis=tuple(k for k in range(wrong.ndim) if k != axis)))
        if hit.size == 1:
            return f"only in {name} {int(hit[0])}"
    return ""
