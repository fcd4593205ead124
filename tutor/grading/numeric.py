"""Names the relation between wrong numbers and right ones of the same shape: a factor, an offset, a shift, a transpose.

Pure functions of arrays. Each yields (name, message) only when the relation holds for every element.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

Mistakes = Iterator[tuple[str, str]]


def number_mistakes(got: np.ndarray, expected: np.ndarray, inputs: Mapping[str, np.ndarray]) -> Mistakes:
    """Every relation that explains `got`, the more telling ones first."""
    if got.dtype.kind not in "biuf" or expected.dtype.kind not in "biuf" or not got.size:
        return
    ours, right = got.astype(np.float64), expected.astype(np.float64)
    if not np.isfinite(ours).all():
        yield from _not_finite(ours, right)
        return
    if not np.isfinite(right).all():
        return
    yield from _transposed(ours, right)
    yield from _factor(ours, right, inputs)
    yield from _shifted(ours, right)
    yield from _wrong_axis(ours, right)
    yield from _offset(ours, right)
    yield from _constant_instead(ours, right)


def near(a: np.ndarray, b: np.ndarray) -> bool:
    """Equal up to the rounding of float32; NaN is equal to nothing."""
    if a.shape != b.shape:
        return False
    scale = float(np.max(np.abs(b), initial=0.0))
    return bool((np.abs(a - b) <= 2e-5 * scale + 1e-12).all())


def _not_finite(ours: np.ndarray, right: np.ndarray) -> Mistakes:
    lost = ~np.isfinite(ours) & np.isfinite(right)
    if not lost.any():
        return
    if np.isnan(ours[lost]).any():
        yield (
            "NaN where a number is due",
            (
                "NaN came out where the answer is finite: 0/0, inf - inf or 0 · inf on the way. Often an exponential overflowed "
                "first, or the logarithm of 0 was multiplied by 0. Rearrange the formula so that nothing overflows."
            ),
        )
    else:
        yield (
            "infinite where a number is due",
            (
                "inf came out where the answer is finite: an exponential or a power overflowed, or something was divided by 0 "
                "(log 0 is -inf). Rearrange the formula so that nothing overflows."
            ),
        )


def _transposed(ours: np.ndarray, right: np.ndarray) -> Mistakes:
    if ours.ndim >= 2 and ours.shape[-1] == ours.shape[-2] and near(ours, right.swapaxes(-1, -2)):
        yield "transposed", "Your result is the transpose of the right one: rows and columns are exchanged."


def _factor(ours: np.ndarray, right: np.ndarray, inputs: Mapping[str, np.ndarray]) -> Mistakes:
    ratio = constant_ratio(ours, right)
    if ratio is None or abs(ratio - 1) < 1e-6:
        return
    if ratio == 0.0:
        if ours.size > 1:
            yield "all zeros", "Everything you returned is 0: was the result computed, but into something else?"
        return
    if abs(ratio + 1) < 1e-5:
        yield "sign flipped", "Every number has the wrong sign."
        return
    named = list(_named_factors(ratio, inputs))
    yield from named
    if not named and ours.size > 1:
        yield (
            "constant factor",
            (f"Every number is {ratio:.4g} times the right one: a constant factor is missing or too much."),
        )


def constant_ratio(ours: np.ndarray, right: np.ndarray) -> float | None:
    """The r with ours = r · right, decided on the largest element, or None."""
    at = int(np.abs(right).argmax())
    if right.flat[at] == 0.0:
        return None
    ratio = float(ours.flat[at] / right.flat[at])
    return ratio if near(ours, ratio * right) else None


_FACTORS = (
    (2.0, "twice", "Every number is twice the right one: look for a factor 2 too much, or a 1/2 that is missing."),
    (0.5, "half", "Every number is half of the right one: look for a factor 2 that is missing, or a 1/2 too much."),
    (-2.0, "minus twice", "Every number is -2 times the right one: the sign is flipped, and there is a factor 2."),
    (-0.5, "minus half", "Every number is -1/2 times the right one: the sign is flipped, and a factor 2 is missing."),
    (
        1 / math.log(2),
        "base 2",
        "Every number is 1/ln 2 = 1.4427 times the right one: log2 instead of the natural log.",
    ),
    (1 / math.log(10), "base 10", "Every number is 1/ln 10 = 0.4343 times the right one: log10 for the natural log."),
)


def _named_factors(ratio: float, inputs: Mapping[str, np.ndarray]) -> Mistakes:
    sign, minus = ("", "") if ratio > 0 else ("minus ", " and the sign is flipped")
    size = abs(ratio)
    seen: set[str] = set()
    for n, what in _sizes(inputs):
        for value, name, words in (
            (float(n), f"summed over {what}", f"{n} times too large, the number of {what}: summed, not averaged?"),
            (1.0 / n, f"averaged over {what}", f"{n} times too small, the number of {what}: averaged, not summed?"),
            (math.sqrt(n), f"root of {what}", f"√{n} times too large: the root of the number of {what} is missing."),
            (1 / math.sqrt(n), f"over the root of {what}", f"√{n} times too small: divided by the root of {what}?"),
        ):
            if n > 1 and abs(size - value) <= 1e-5 * value and name not in seen:
                seen.add(name)
                yield sign + name, f"Every number is {words[:-1]}{minus}{words[-1]}"
    for value, name, message in _FACTORS:
        if abs(ratio - value) <= 1e-5 * abs(value):
            yield name, message


def _sizes(inputs: Mapping[str, np.ndarray]) -> Iterator[tuple[int, str]]:
    """The counts by which people divide, with words for them."""
    for name, array in inputs.items():
        if array.ndim == 1:
            yield array.size, f"elements of {name}"
        elif array.ndim == 2:
            yield array.shape[0], f"rows of {name}"
            yield array.shape[1], f"columns of {name}"
        else:
            yield from ((size, f"entries along axis {axis} of {name}") for axis, size in enumerate(array.shape))
        if array.ndim > 1:
            yield array.size, f"elements of {name}"


def _shifted(ours: np.ndarray, right: np.ndarray) -> Mistakes:
    """Off by one: everything one place too early or too late along some axis."""
    for axis in range(ours.ndim):
        if ours.shape[axis] < 3:
            continue
        a, b = np.moveaxis(ours, axis, 0), np.moveaxis(right, axis, 0)
        what = {0: "row", 1: "column"}.get(axis, "place") if ours.ndim == 2 else "place"
        if near(a[1:], b[:-1]) and not near(b[1:], b[:-1]):
            yield "off by one", f"Your numbers are right but one {what} too late: off by one along axis {axis}."
        elif near(a[:-1], b[1:]) and not near(b[1:], b[:-1]):
            yield "off by one", f"Your numbers are right but one {what} too early: off by one along axis {axis}."
        elif near(a, b[::-1]):
            yield "reversed", f"Your numbers are right but in reverse order along axis {axis}."


def _wrong_axis(ours: np.ndarray, right: np.ndarray) -> Mistakes:
    """What should be the same along one axis (a sum of 1, a mean of 0, a maximum) is so along another one."""
    if ours.ndim < 2:
        return
    for words, reduce in (("sum", np.sum), ("mean", np.mean), ("standard deviation", np.std), ("maximum", np.max)):
        asked, done = _even_axes(right, reduce), _even_axes(ours, reduce)
        if len(asked) == 1 and len(done) == 1 and asked != done:
            yield (
                "wrong axis",
                (
                    f"Along axis {asked[0]} each slice should have the same {words}; yours has it along axis {done[0]}: "
                    "the computation ran along the wrong axis."
                ),
            )
            return


def _even_axes(values: np.ndarray, reduce: object) -> list[int]:
    found = []
    for axis in range(values.ndim):
        if values.shape[axis] > 1:
            reduced = reduce(values, axis=axis)  # type: ignore[operator]  # one of NumPy's reductions, see above
            if np.size(reduced) > 1 and float(np.ptp(reduced)) <= 1e-6 * max(1e-6, float(np.abs(values).max())):
                found.append(axis)
    return found


def _offset(ours: np.ndarray, right: np.ndarray) -> Mistakes:
    offset = float((ours - right).flat[0])
    if not near(ours, right + offset):
        return
    if abs(abs(offset) - 1) < 1e-9:
        yield "off by one", f"Every number is {'larger' if offset > 0 else 'smaller'} by exactly 1."
    elif ours.size > 1:
        yield "constant offset", f"Every number is {'larger' if offset > 0 else 'smaller'} by {abs(offset):.4g}."


def _constant_instead(ours: np.ndarray, right: np.ndarray) -> Mistakes:
    """The same number everywhere: a mean or a sum over everything was spread over the result."""
    if ours.size > 1 and float(np.ptp(ours)) == 0.0 and float(np.ptp(right)) > 0.0:
        yield (
            "the same number everywhere",
            (
                "Every element of your result is the same number: one sum, mean or maximum over everything, where each row (or "
                "column) needs its own."
            ),
        )
