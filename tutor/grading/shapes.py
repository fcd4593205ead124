"""Names what went wrong when a result has the wrong shape. Pure functions of arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from tutor.grading.advice import advise
from tutor.grading.numeric import near
from tutor.model import Diagnosis

Found = Iterator[Diagnosis]


def shape_mistakes(got: np.ndarray, expected: np.ndarray, inputs: Mapping[str, np.ndarray]) -> Found:
    """Every explanation of the wrong shape, the more telling ones first."""
    yield from _transposed(got, expected)
    yield from _broadcast(got, expected)
    yield from _axis_of_one(got, expected)
    yield from _reduced(got, expected, inputs)
    yield from _one_longer(got, expected)
    if expected.ndim == 0 and got.size > 1:
        yield advise("not reduced to a number")


def _transposed(got: np.ndarray, expected: np.ndarray) -> Found:
    if expected.ndim >= 2 and got.shape == expected.swapaxes(-1, -2).shape:
        turned = near(got.astype(np.float64), expected.swapaxes(-1, -2).astype(np.float64))
        yield advise("transposed" if turned else "transposed shape")


def _broadcast(got: np.ndarray, expected: np.ndarray) -> Found:
    n = expected.shape[0] if expected.ndim else 0
    if n > 1 and got.shape == (n, n) and expected.shape in ((n,), (n, 1)):
        yield advise("broadcast shape", n=n)


def _axis_of_one(got: np.ndarray, expected: np.ndarray) -> Found:
    """The same sizes but for axes of length 1: keepdims given or forgotten."""
    if [n for n in got.shape if n != 1] != [n for n in expected.shape if n != 1] or got.ndim == expected.ndim:
        return
    if expected.ndim == 0:
        yield advise("one-element array for a 0-d one")
    else:
        yield advise("an axis too many" if got.ndim > expected.ndim else "an axis lost")


def _reduced(got: np.ndarray, expected: np.ndarray, inputs: Mapping[str, np.ndarray]) -> Found:
    """The result is an input with an axis removed, but another one than asked for."""
    for name, array in inputs.items():
        for asked in _removed(array, expected):
            for done in _removed(array, got):
                yield advise("wrong axis reduced", name=name, asked=asked, done=done)
            if got.ndim == 0:
                yield advise("reduced over everything", name=name, asked=asked)
            elif got.shape == array.shape:
                yield advise("not reduced", name=name, asked=asked)


def _removed(array: np.ndarray, result: np.ndarray) -> list[int]:
    return [k for k in range(array.ndim) if array.shape[:k] + array.shape[k + 1 :] == result.shape]


def _one_longer(got: np.ndarray, expected: np.ndarray) -> Found:
    """One element more or fewer along one axis."""
    if got.ndim == expected.ndim:
        apart = [(k, g - e) for k, (g, e) in enumerate(zip(got.shape, expected.shape, strict=True)) if g != e]
        if len(apart) == 1 and abs(apart[0][1]) == 1:
            axis, step = apart[0]
            yield advise("one too many" if step > 0 else "one too few", axis=axis)
