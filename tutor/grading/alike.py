"""Decides whether two failures of the same check on the same draw are the same mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import torch

from tutor.checks.compare import numbers
from tutor.checks.failure import MISSING, CheckFailure

NEARNESS = 0.02
"""Two wrong results are the same when they are this much nearer to each other than to the right one."""

SMALL = 1e-6
"""Relative difference that rounding and another order of summation may make."""

_ADDRESS = re.compile(r"0x[0-9a-f]+")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[-+]?\d+)?")


def alike(ours: BaseException, theirs: BaseException) -> bool:
    """True when both failed in the same way, with the same numbers."""
    if isinstance(ours, CheckFailure) and isinstance(theirs, CheckFailure):
        return ours.kind == theirs.kind and ours.where == theirs.where and _same_facts(ours, theirs)
    if isinstance(ours, CheckFailure) or isinstance(theirs, CheckFailure):
        return False
    if isinstance(ours, AssertionError) and isinstance(theirs, AssertionError):
        return _text(ours) == _text(theirs) and _same_results(ours, theirs)
    return same_exception(ours, theirs)


def same_exception(ours: BaseException, theirs: BaseException) -> bool:
    """The same class and the same words."""
    return type(ours).__name__ == type(theirs).__name__ and _text(ours) == _text(theirs)


def _text(error: BaseException) -> str:
    return _ADDRESS.sub("0x", str(error))


def _same_facts(ours: CheckFailure, theirs: CheckFailure) -> bool:
    if ours.kind == "slow":
        return True
    if isinstance(ours.got, BaseException) and isinstance(theirs.got, BaseException):
        return same_exception(ours.got, theirs.got)
    if ours.got is MISSING or theirs.got is MISSING:
        return _NUMBER.sub("0", ours.message) == _NUMBER.sub("0", theirs.message) and _same_results(ours, theirs)
    return same_value(ours.got, theirs.got, ours.expected)


def _same_results(ours: BaseException, theirs: BaseException) -> bool:
    mine, other = getattr(ours, "tutor_result", MISSING), getattr(theirs, "tutor_result", MISSING)
    if mine is MISSING or other is MISSING:
        return mine is other
    if isinstance(mine, Iterator) and isinstance(other, Iterator):  # what came out of them cannot be asked again
        return True
    return same_value(mine, other, MISSING)


def same_value(ours: object, theirs: object, expected: object) -> bool:
    """Nested values with the same types, shapes and dtypes, and numbers that agree."""
    if isinstance(ours, (tuple, list)) and isinstance(theirs, (tuple, list)):
        right = (
            expected if isinstance(expected, (tuple, list)) and len(expected) == len(ours) else [MISSING] * len(ours)
        )
        return len(ours) == len(theirs) and all(map(same_value, ours, theirs, right))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        right_of = expected if isinstance(expected, dict) else {}
        return set(ours) == set(theirs) and all(
            same_value(ours[key], theirs[key], right_of.get(key, MISSING)) for key in ours
        )
    mine, other = as_array(ours), as_array(theirs)
    if mine is None or other is None:
        return type(ours) is type(theirs) and _equal(ours, theirs)
    if type(ours) is not type(theirs) or mine.shape != other.shape or mine.dtype != other.dtype:
        return False
    return same_numbers(mine, other, as_array(expected))


def _equal(ours: object, theirs: object) -> bool:
    try:
        return bool(ours == theirs)
    except (TypeError, ValueError, RuntimeError):
        return False


def as_array(value: object) -> np.ndarray | None:
    """Numbers, arrays and tensors as a NumPy array; None for anything else."""
    if isinstance(value, torch.Tensor):
        return numbers(value)
    if isinstance(value, (np.ndarray, np.generic, bool, int, float, complex)):
        array = np.asarray(value)
        return array if array.dtype.kind in "biufc" else None
    return None


def same_numbers(ours: np.ndarray, theirs: np.ndarray, expected: np.ndarray | None) -> bool:
    """Agree within rounding and are, if the right result is known, far nearer to each other than to it."""
    if ours.dtype.kind in "biu":
        return bool((ours == theirs).all())
    finite = np.isfinite(ours)
    if not (finite == np.isfinite(theirs)).all():
        return False
    if not ((ours == theirs) | (np.isnan(ours) & np.isnan(theirs)) | finite).all():
        return False
    if not finite.any():
        return True
    a, b = ours[finite], theirs[finite]
    apart = float(np.abs(a - b).max())
    allowed = max(SMALL, 16 * float(np.finfo(ours.dtype).eps)) * float(np.abs(b).max())
    if expected is not None and expected.shape == ours.shape and finite.all():
        right = expected[finite]
        gap = float(np.abs(a - right).max()) if np.isfinite(right).all() else np.inf
        allowed = min(allowed, NEARNESS * gap) if np.isfinite(gap) else allowed
    return apart <= allowed
