"""Compares a result with what was expected, part by part, and says in words where they differ.

Knows types, shapes, dtypes and numbers; knows nothing of calls, draws or learners. Truth is the float64 reference; the
float32 result may be off by rounding, and by no more than a few times what the reference itself loses in float32.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch

from tutor.checks.failure import MISSING, Kind
from tutor.checks.pattern import describe

DEFAULTS: Mapping[str, tuple[float, float]] = {
    "float64": (1e-9, 1e-12),
    "float32": (1e-5, 1e-6),
    "float16": (2e-2, 1e-2),
    "bfloat16": (2e-2, 1e-2),
}
"""dtype → (rtol, atol)."""

ROUNDING_SLACK = 8.0
"""How many times the reference's own float32 error is forgiven: another order of summation costs a few times that."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """|got − expected| ≤ atol + rtol · |expected|. A default `atol` grows with the largest number of the result."""

    rtol: float = 1e-9
    atol: float = 1e-12
    scaled: bool = True
    exact: bool = False

    @staticmethod
    def of(dtype: str, rtol: float | None, atol: float | None, *, exact: bool = False) -> Tolerance:
        """The defaults of a dtype, with what the author set instead; an explicit `atol` is taken literally."""
        default_rtol, default_atol = DEFAULTS.get(dtype, DEFAULTS["float64"])
        return Tolerance(
            default_rtol if rtol is None else rtol, default_atol if atol is None else atol, atol is None, exact
        )


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The first difference found between two nested values."""

    kind: Kind
    message: str
    difference: str
    got: object
    expected: object
    where: str = ""


def compare(
    got: object, expected: object, tolerance: Tolerance, *, like: object = MISSING, where: str = ""
) -> Mismatch | None:
    """None when `got` agrees with `expected`. `like` has the right types and dtypes when `expected` is more precise."""
    like = expected if like is MISSING else like
    found = _compare(got, expected, like, tolerance, where)
    return replace(found, where=found.where or where) if found else None


def _compare(got: object, expected: object, like: object, tolerance: Tolerance, where: str) -> Mismatch | None:
    if isinstance(like, torch.Tensor):
        return _compare_tensors(got, expected, like, tolerance, where)
    if isinstance(like, np.ndarray):
        return _compare_arrays(got, expected, like, tolerance, where)
    if isinstance(like, (tuple, list)):
        return _compare_sequences(got, expected, like, tolerance, where)
    if isinstance(like, dict):
        return _compare_dicts(got, expected, like, tolerance, where)
    if _is_number(like):
        return _compare_scalars(got, expected, like, tolerance, where)
    if like is None:
        return None if got is None else _wrong_type(got, None, "None was expected", where)
    try:
        equal = bool(got == expected)
    except (TypeError, ValueError, RuntimeError):
        equal = False
    return None if equal else Mismatch("value", f"{_the(where)} is not what was expected", "", got, expected, where)


def _the(where: str) -> str:
    return f"result{where}" if where else "the result"


def _wrong_type(got: object, expected: object, wanted: str, where: str) -> Mismatch:
    return Mismatch("type", f"{_the(where)} is {kind_of(got)}; {wanted}", "", got, expected, where)


def kind_of(value: object) -> str:
    """A value's type in words, with shape and dtype where it has them."""
    if isinstance(value, torch.Tensor):
        return f"a torch tensor of shape {tuple(value.shape)}"
    if isinstance(value, np.ndarray):
        return f"a NumPy array of shape {value.shape}"
    if isinstance(value, np.generic):
        return f"a NumPy {value.dtype}"
    if value is None:
        return "None"
    name = type(value).__name__
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _compare_tensors(got: object, expected: object, like: torch.Tensor, tol: Tolerance, where: str) -> Mismatch | None:
    if not isinstance(got, torch.Tensor):
        return _wrong_type(got, expected, "a torch tensor was expected", where)
    if got.device != like.device:
        message = f"{_the(where)} is on {got.device}, {like.device} was expected"
        return Mismatch("device", message, "", got, expected, where)
    shape = _compare_shapes(got, tuple(got.shape), expected, tuple(like.shape), where)
    if shape:
        return shape
    if got.dtype != like.dtype:
        return _dtype(
            got, str(got.dtype).removeprefix("torch."), expected, str(like.dtype).removeprefix("torch."), where
        )
    truth = numbers(expected) if isinstance(expected, torch.Tensor) else np.asarray(expected)
    return _values(got, numbers(got), expected, truth, numbers(like), tol, where)


def numbers(tensor: torch.Tensor) -> np.ndarray:
    """The tensor's values as an array, whatever its device; bfloat16 becomes float32, which holds it exactly."""
    plain = tensor.detach().cpu()
    return (plain.float() if plain.dtype == torch.bfloat16 else plain).resolve_conj().numpy()


def _compare_arrays(got: object, expected: object, like: np.ndarray, tol: Tolerance, where: str) -> Mismatch | None:
    if like.ndim == 0 and isinstance(got, (np.generic, float)):
        got = np.asarray(got)  # NumPy's own reductions give scalars where 0-d arrays could be meant
    if not isinstance(got, np.ndarray):
        return _wrong_type(got, expected, "a NumPy array was expected", where)
    shape = _compare_shapes(got, got.shape, expected, like.shape, where)
    if shape:
        return shape
    if got.dtype != like.dtype:
        return _dtype(got, str(got.dtype), expected, str(like.dtype), where)
    return _values(got, got, expected, np.asarray(expected), like, tol, where)


def _compare_shapes(
    got: object, got_shape: tuple[int, ...], expected: object, shape: tuple[int, ...], where: str
) -> Mismatch | None:
    if got_shape == shape:
        return None
    message = f"{_the(where)} has shape {got_shape}, {shape} was expected"
    return Mismatch("shape", message, f"shape {got_shape} instead of {shape}", got, expected, where)


def _dtype(got: object, got_dtype: str, expected: object, dtype: str, where: str) -> Mismatch:
    message = f"{_the(where)} is {got_dtype}, {dtype} was expected"
    return Mismatch("dtype", message, f"dtype {got_dtype} instead of {dtype}", got, expected, where)


def _values(
    got: object, ours: np.ndarray, expected: object, truth: np.ndarray, like: np.ndarray, tol: Tolerance, where: str
) -> Mismatch | None:
    wrong = differing(ours, truth, like, tol)
    if wrong is None:
        return None
    message = f"{_the(where)} has wrong values"
    if ours.dtype.kind in "fc" and bool((np.isfinite(truth) & ~np.isfinite(ours)).any()):
        message = f"{_the(where)} is not finite where it should be"
    shown = expected if truth is like or not isinstance(expected, (np.ndarray, torch.Tensor)) else like
    return Mismatch("value", message, describe(ours, truth, wrong), got, shown, where)


def differing(got: np.ndarray, truth: np.ndarray, like: np.ndarray, tol: Tolerance) -> np.ndarray | None:
    """Mask of the elements out of tolerance, or None when there are none. NaN agrees with NaN, inf with its like."""
    if tol.exact and got.dtype == like.dtype and got.tobytes() == like.tobytes():
        return None
    if got.dtype.kind not in "fc":
        wrong = np.asarray(got != like)
        return wrong if wrong.any() else None
    if tol.exact:
        wrong = ~((got == like) | ((got != got) & (like != like)))
        return wrong if wrong.any() else None
    with np.errstate(all="ignore"):
        finite = np.isfinite(truth)
        error = np.abs(got - truth)
        right = (error <= _allowed(truth, like, finite, tol)) & finite
        if right.all():
            return None
        right |= (got == truth) | (np.isnan(got) & np.isnan(truth))
        if truth is not like:  # rounded to the lower precision, the truth may overflow, and so may the reference
            right |= (got == like) | (got == truth.astype(like.dtype)) | (np.isnan(got) & np.isnan(like))
    return None if right.all() else ~right


def _allowed(truth: np.ndarray, like: np.ndarray, finite: np.ndarray, tol: Tolerance) -> np.ndarray:
    atol = tol.atol
    if tol.scaled and truth.size:
        atol *= max(1.0, float(np.max(np.abs(truth), initial=0.0, where=finite)))
        if truth is not like:
            loss = np.abs(like.astype(truth.dtype) - truth)
            atol += ROUNDING_SLACK * float(np.max(loss, initial=0.0, where=finite & np.isfinite(like)))
    return np.asarray(atol + tol.rtol * np.abs(truth))


def _compare_scalars(got: object, expected: object, like: object, tol: Tolerance, where: str) -> Mismatch | None:
    if isinstance(like, np.generic) and isinstance(got, np.ndarray) and got.ndim == 0:
        got = got[()]
    wanted = f"a Python {_family(like)}" if not isinstance(like, np.generic) else f"a number of type {like.dtype}"
    if not _is_number(got) or _family(got) not in _families(like):
        return _wrong_type(got, expected, f"{wanted} was expected", where)
    if isinstance(got, np.generic) and isinstance(like, np.generic):
        if got.dtype != like.dtype:
            return _dtype(got, str(got.dtype), expected, str(like.dtype), where)
    elif isinstance(got, np.generic) and got.dtype.itemsize < 8 and got.dtype.kind in "fc":
        return _wrong_type(got, expected, f"{wanted} was expected", where)  # np.float64 is a float, np.float32 is not
    ours, truth, typed = np.asarray(got), np.asarray(expected), np.asarray(like)
    if ours.dtype.kind in "iu" and truth.dtype.kind in "fc":
        ours = ours.astype(truth.dtype)
    return _values(got, ours, expected, truth, truth if typed.dtype == truth.dtype else typed, tol, where)


def _is_number(value: object) -> bool:
    return isinstance(value, (bool, int, float, complex)) or (
        isinstance(value, np.generic) and value.dtype.kind in "biufc"
    )


def _family(value: object) -> str:
    if isinstance(value, (bool, np.bool_)):
        return "bool"
    if isinstance(value, (int, np.integer)):
        return "int"
    return "complex" if isinstance(value, (complex, np.complexfloating)) else "float"


def _families(like: object) -> tuple[str, ...]:
    """An int is a float as well (PEP 484); nothing else stands in for another kind of number."""
    family = _family(like)
    return (family, "int") if family == "float" and not isinstance(like, np.generic) else (family,)


def _compare_sequences(
    got: object, expected: object, like: tuple[object, ...] | list[object], tol: Tolerance, where: str
) -> Mismatch | None:
    wanted = "tuple" if isinstance(like, tuple) else "list"
    if not isinstance(got, (tuple, list)) or isinstance(got, tuple) != isinstance(like, tuple):
        return _wrong_type(got, expected, f"a {wanted} of {len(like)} was expected", where)
    if len(got) != len(like):
        message = f"{_the(where)} has {len(got)} items, {len(like)} were expected"
        return Mismatch("structure", message, f"{len(got)} items instead of {len(like)}", got, expected, where)
    truth = expected if isinstance(expected, (tuple, list)) else like
    parts = ((g, e, k, f"{where}[{i}]") for i, (g, e, k) in enumerate(zip(got, truth, like, strict=True)))
    return _first(parts, tol)


def _compare_dicts(
    got: object, expected: object, like: dict[object, object], tol: Tolerance, where: str
) -> Mismatch | None:
    if not isinstance(got, Mapping):
        return _wrong_type(got, expected, f"a dict with the keys {_keys(like)} was expected", where)
    if set(got) != set(like):
        message = f"{_the(where)} has the keys {_keys(got)}, {_keys(like)} were expected"
        return Mismatch("structure", message, "", got, expected, where)
    truth = expected if isinstance(expected, dict) else like
    return _first(((got[key], truth[key], like[key], f"{where}[{key!r}]") for key in like), tol)


def _keys(value: Mapping[object, object]) -> str:
    return ", ".join(repr(key) for key in value) or "(none)"


def _first(parts: Iterator[tuple[object, object, object, str]], tol: Tolerance) -> Mismatch | None:
    for got, expected, like, where in parts:
        found = _compare(got, expected, like, tol, where)
        if found:
            return found
    return None
