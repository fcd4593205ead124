"""Names what went wrong when a result has the wrong shape. Pure functions of arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from tutor.grading.numeric import near

Mistakes = Iterator[tuple[str, str]]


def shape_mistakes(got: np.ndarray, expected: np.ndarray, inputs: Mapping[str, np.ndarray]) -> Mistakes:
    """Every explanation of the wrong shape, the more telling ones first."""
    yield from _transposed(got, expected)
    yield from _broadcast(got, expected)
    yield from _axis_of_one(got, expected)
    yield from _reduced(got, expected, inputs)
    yield from _one_element(got, expected)
    yield from _short(got, expected)


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    return a.dtype.kind in "biuf" and b.dtype.kind in "biuf" and near(a.astype(float), b.astype(float))


def _transposed(got: np.ndarray, expected: np.ndarray) -> Mistakes:
    if expected.ndim >= 2 and got.shape == expected.swapaxes(-1, -2).shape:
        if _same(got, expected.swapaxes(-1, -2)):
            yield "transposed", "Your result is the transpose of the right one: rows and columns are exchanged."
        else:
            yield "transposed shape", "The last two axes have exchanged their sizes: rows and columns are mixed up."


def _broadcast(got: np.ndarray, expected: np.ndarray) -> Mistakes:
    n = expected.shape[0] if expected.ndim else 0
    if n > 1 and got.shape == (n, n) and expected.shape in ((n,), (n, 1)):
        yield (
            "broadcast shape",
            (
                f"({n}, 1) and ({n},) were combined: broadcasting makes a ({n}, {n}) table of every row with every other one. "
                "Give both the same shape first."
            ),
        )


def _axis_of_one(got: np.ndarray, expected: np.ndarray) -> Mistakes:
    """The same sizes but for axes of length 1: keepdims given or forgotten."""
    if [n for n in got.shape if n != 1] != [n for n in expected.shape if n != 1] or got.ndim == expected.ndim:
        return
    if expected.ndim == 0:
        yield (
            "one-element array",
            "One number was expected, not an array that holds one: reduce all axes, or take it out.",
        )
    elif got.ndim > expected.ndim:
        yield "an axis too many", "An axis of length 1 is left over: keepdims=True, or a None too much in an index."
    else:
        yield (
            "an axis lost",
            "An axis of length 1 is missing: keepdims=True, or a slice x[0:1] instead of x[0], keeps it.",
        )


def _reduced(got: np.ndarray, expected: np.ndarray, inputs: Mapping[str, np.ndarray]) -> Mistakes:
    """The result is an input with an axis removed, but another one than asked for."""
    for name, array in inputs.items():
        for asked in _removed(array, expected):
            for done in _removed(array, got):
                if asked != done:
                    yield "wrong axis", f"You reduced axis {done} of {name}; axis {asked} was to go."
                    return
            if got.ndim == 0:
                yield (
                    "reduced over everything",
                    f"You reduced all axes of {name}; only axis {asked} was to go.",
                )
                return
            if got.shape == array.shape:
                yield "not reduced", f"The result still has the shape of {name}: axis {asked} was to be reduced."
                return


def _removed(array: np.ndarray, result: np.ndarray) -> list[int]:
    return [k for k in range(array.ndim) if array.shape[:k] + array.shape[k + 1 :] == result.shape]


def _one_element(got: np.ndarray, expected: np.ndarray) -> Mistakes:
    if expected.ndim == 0 and got.ndim and got.size > 1:
        yield "not reduced", "One number was expected: a sum or a mean over all elements is missing."


def _short(got: np.ndarray, expected: np.ndarray) -> Mistakes:
    """One element more or fewer along one axis."""
    if got.ndim != expected.ndim:
        return
    apart = [(axis, g - e) for axis, (g, e) in enumerate(zip(got.shape, expected.shape, strict=True)) if g != e]
    if len(apart) == 1 and abs(apart[0][1]) == 1:
        axis, step = apart[0]
        words = "one too many" if step > 0 else "one too few"
        yield "off by one", f"There is {words} along axis {axis}: check where the range begins and ends."
