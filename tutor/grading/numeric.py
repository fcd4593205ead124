"""Names the relation between wrong numbers and right ones of the same shape: a factor, an offset, a shift, a transpose.

Pure functions of arrays. Each yields a diagnosis only when the relation holds for every element.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from tutor.grading.advice import advise
from tutor.model import Diagnosis

Found = Iterator[Diagnosis]


def number_mistakes(got: np.ndarray, expected: np.ndarray, inputs: Mapping[str, np.ndarray]) -> Found:
    """Every relation that explains `got`, the more telling ones first."""
    if got.dtype.kind not in "biuf" or expected.dtype.kind not in "biuf" or not got.size:
        return
    ours, right = got.astype(np.float64), expected.astype(np.float64)
    if not np.isfinite(ours).all():
        yield from _not_finite(ours, right)
        return
    if not np.isfinite(right).all() or (got.dtype.kind == "f" and near(ours, right)):
        return  # a difference in the last digits is no relation
    yield from _transposed(ours, right)
    yield from _factor(ours, right, inputs)
    yield from _shifted(ours, right)
    yield from _wrong_axis(ours, right)
    if got.dtype.kind != "b":
        yield from _offset(ours, right)
    yield from _constant_instead(ours, right)


def near(a: np.ndarray, b: np.ndarray) -> bool:
    """Equal up to the rounding of float32; NaN is equal to nothing."""
    if a.shape != b.shape:
        return False
    scale = float(np.max(np.abs(b), initial=0.0))
    return bool((np.abs(a - b) <= 2e-5 * scale + 1e-12).all())


def _not_finite(ours: np.ndarray, right: np.ndarray) -> Found:
    lost = ~np.isfinite(ours) & np.isfinite(right)
    if lost.any():
        nan = bool(np.isnan(ours[lost]).any())
        if not nan and not np.isfinite(right).all():
            return  # infinities belong to the answer: a mask, say, that has taken one entry too many
        yield advise("NaN where a number is due" if nan else "infinite where a number is due")


def _transposed(ours: np.ndarray, right: np.ndarray) -> Found:
    if ours.ndim >= 2 and ours.shape[-1] == ours.shape[-2] and near(ours, right.swapaxes(-1, -2)):
        yield advise("transposed")


def _factor(ours: np.ndarray, right: np.ndarray, inputs: Mapping[str, np.ndarray]) -> Found:
    ratio = constant_ratio(ours, right)
    if ratio is None or abs(ratio - 1) < 1e-6:
        return
    if ratio == 0.0:
        if ours.size > 1:
            yield advise("all zeros")
    elif abs(ratio + 1) < 1e-5:
        yield advise("sign flipped")
    else:
        named = list(_named_factors(ratio, inputs))
        yield from named
        if not named and ours.size > 1:
            yield advise("constant factor", ratio=f"{ratio:.4g}")


def constant_ratio(ours: np.ndarray, right: np.ndarray) -> float | None:
    """The r with ours = r · right, taken from the largest element, or None."""
    at = int(np.abs(right).argmax())
    if right.flat[at] == 0.0:
        return None
    ratio = float(ours.flat[at] / right.flat[at])
    return ratio if near(ours, ratio * right) else None


_FACTORS = {
    "twice": 2.0,
    "half": 0.5,
    "minus twice": -2.0,
    "minus half": -0.5,
    "base 2": 1 / math.log(2),
    "base 10": 1 / math.log(10),
}

_COUNTED: dict[str, Callable[[int], float]] = {
    "summed over {what}": float,
    "averaged over {what}": lambda n: 1 / n,
}
"""What went wrong → the factor it leaves, for a count n."""

_ROOTS: dict[str, Callable[[int], float]] = {
    "root of {what} missing": math.sqrt,
    "over the root of {what}": lambda n: 1 / math.sqrt(n),
}


def _named_factors(ratio: float, inputs: Mapping[str, np.ndarray]) -> Found:
    yield from _counted(ratio, inputs, _COUNTED)
    for name, value in _FACTORS.items():
        if abs(ratio - value) <= 1e-5 * abs(value):
            yield advise(name)
    yield from _counted(ratio, inputs, _ROOTS)


def _counted(ratio: float, inputs: Mapping[str, np.ndarray], names: Mapping[str, Callable[[int], float]]) -> Found:
    sign = "" if ratio > 0 else " The sign is flipped, too."
    for n, what in _sizes(inputs):
        for name, factor in names.items():
            if n > 1 and abs(abs(ratio) - factor(n)) <= 1e-5 * factor(n):
                yield advise(name, what=what, n=n, sign=sign)


def _sizes(inputs: Mapping[str, np.ndarray]) -> Iterator[tuple[int, str]]:
    """The counts by which people divide, with words for them."""
    for name, array in inputs.items():
        if array.ndim == 2:
            yield array.shape[0], f"rows of {name}"
            yield array.shape[1], f"columns of {name}"
        elif array.ndim > 2:
            yield from ((size, f"entries along axis {axis} of {name}") for axis, size in enumerate(array.shape))
        yield array.size, f"elements of {name}"


def _shifted(ours: np.ndarray, right: np.ndarray) -> Found:
    """Everything one place too early or too late along some axis, or in reverse order."""
    for axis in range(ours.ndim):
        if ours.shape[axis] < 3:
            continue
        a, b = np.moveaxis(ours, axis, 0), np.moveaxis(right, axis, 0)
        place = ("row", "column")[axis] if ours.ndim == 2 else "place"
        if near(b[1:], b[:-1]):  # constant along this axis: a shift would not show
            continue
        if near(a[1:], b[:-1]):
            yield advise("late by one", place=place, axis=axis)
        elif near(a[:-1], b[1:]):
            yield advise("early by one", place=place, axis=axis)
        elif near(a, b[::-1]):
            yield advise("reversed", axis=axis)


_REDUCTIONS: dict[str, Callable[..., np.ndarray]] = {
    "sum": np.sum,
    "standard deviation": np.std,
    "maximum": np.max,
    "length": np.linalg.norm,
}


def _wrong_axis(ours: np.ndarray, right: np.ndarray) -> Found:
    """What should be the same along one axis (a sum of 1, a maximum of 0) is so along another one."""
    for what, reduce in _REDUCTIONS.items():
        asked, done = _even_axes(right, reduce), _even_axes(ours, reduce)
        if len(asked) == 1 and len(done) == 1 and asked != done:
            yield advise("wrong axis", asked=asked[0], done=done[0], what=what)
            return


def _even_axes(values: np.ndarray, reduce: Callable[..., np.ndarray]) -> list[int]:
    """The axes along which every slice reduces to the same number."""
    found = []
    tiny = 1e-6 * max(1e-6, float(np.abs(values).max()))
    for axis in range(values.ndim):
        reduced = reduce(values, axis=axis)
        if np.size(reduced) > 1 and float(np.ptp(reduced)) <= tiny:
            found.append(axis)
    return found


def _offset(ours: np.ndarray, right: np.ndarray) -> Found:
    offset = float((ours - right).flat[0])
    if not offset or not near(ours - offset, right):
        return
    direction = "larger" if offset > 0 else "smaller"
    if abs(abs(offset) - 1) < 1e-9:
        yield advise("off by one", direction=direction)
    elif ours.size > 1:
        yield advise("constant offset", direction=direction, offset=f"{abs(offset):.4g}")


def _constant_instead(ours: np.ndarray, right: np.ndarray) -> Found:
    """The same number everywhere: a mean or a sum over everything was spread over the result."""
    if ours.size > 1 and float(np.ptp(ours)) == 0.0 and float(np.ptp(right)) > 0.0:
        yield advise("the same number everywhere")
