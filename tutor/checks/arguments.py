"""The arguments of one call: copied together, named as the function names them, shown as the call that was made."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast
from weakref import WeakKeyDictionary

import numpy as np
import torch

from tutor.checks.trees import IMMUTABLE, Replay, drain, duplicate, leaves

Position = int | str
"""An index for a positional argument, its name for a keyword argument."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """Positional and keyword arguments with the names to call them by."""

    name: str
    args: tuple[object, ...]
    kwargs: dict[str, object]
    labels: tuple[str, ...]

    @staticmethod
    def of(fn: Callable[..., object], reference: Callable[..., object] | None, args: tuple[object, ...],
           kwargs: dict[str, object]) -> Arguments:  # fmt: skip
        """Take the arguments of a call that is about to be made; one-shot iterators can then be passed twice."""
        labels = parameter_names(fn, len(args)) or parameter_names(reference, len(args)) or numbered(len(args))
        drained = tuple(drain(value) for value in args)
        name = getattr(fn, "__name__", "the function")
        return Arguments(name, drained, {key: drain(value) for key, value in kwargs.items()}, labels)

    @property
    def values(self) -> tuple[object, ...]:
        """All values, positional first."""
        return (*self.args, *self.kwargs.values())

    def duplicate(self, dtype: str | None = None) -> Arguments:
        """Copies, with floats cast to `dtype`; one memo for all, so that what was shared between them still is."""
        memo: dict[int, object] = {}
        args = tuple(duplicate(value, memo, dtype) for value in self.args)
        kwargs = {key: duplicate(value, memo, dtype) for key, value in self.kwargs.items()}
        return Arguments(self.name, args, kwargs, self.labels)

    def apply(self, fn: Callable[..., object]) -> object:
        """Make the call."""
        args, kwargs = self.begun()
        return fn(*args, **kwargs)

    def begun(self) -> tuple[tuple[object, ...], dict[str, object]]:
        """What to call with: one-shot iterators are at their beginning."""
        return tuple(map(_begin, self.args)), {key: _begin(value) for key, value in self.kwargs.items()}

    def plain(self) -> bool:
        """Nothing but small data: no object whose calls or whose order of use could be told apart."""
        values = self.values
        return not any(isinstance(value, Replay) for value in values) and all(map(_is_small, leaves(values)))

    def names(self) -> Iterator[tuple[str, Position]]:
        """(name to say, position to pick) of every argument that could be changed in place."""
        for position, (label, value) in enumerate(zip(self.labels, self.args, strict=True)):
            if _mutable(value):
                yield label, position
        for key, value in self.kwargs.items():
            if _mutable(value):
                yield key, key

    def pick(self, position: Position) -> object:
        """The argument at a position."""
        return self.args[position] if isinstance(position, int) else self.kwargs[position]

    def as_dict(self) -> dict[str, object]:
        """Name → value, in the order of the call."""
        return {**dict(zip(self.labels, self.args, strict=True)), **self.kwargs}

    @property
    def call(self) -> str:
        """The call as one would write it, with names for arrays: `softmax(z, axis=0)`."""
        shown = [_short(label, value) for label, value in zip(self.labels, self.args, strict=True)]
        shown += [f"{key}={_short(key, value)}" for key, value in self.kwargs.items()]
        return f"{self.name}({', '.join(shown)})"

    def aliased_by(self, result: object) -> str:
        """The name of the first argument that shares memory with the result, or an empty string."""
        regions = [region for leaf in leaves(result) for region in _memory(leaf)]
        if not regions:
            return ""
        for name, position in self.names():
            for leaf in leaves(self.pick(position)):
                if any(_overlap(mine, theirs) for mine in _memory(leaf) for theirs in regions):
                    return name
        return ""


_SMALL = 1 << 20
"""Bytes."""


def _is_small(leaf: object) -> bool:
    if isinstance(leaf, (np.ndarray, torch.Tensor)):
        return leaf.nbytes < _SMALL
    return isinstance(leaf, (*IMMUTABLE, torch.Generator, np.random.Generator))


def _begin(value: object) -> object:
    return iter(value.items) if isinstance(value, Replay) else value


def parameter_names(fn: object, count: int) -> tuple[str, ...]:
    """The names of the first `count` positional parameters, or nothing when they cannot be told."""
    names, rest = _parameters(fn)
    if rest:
        names = (*names, *(f"{rest}[{i}]" for i in range(count - len(names))))
    return names[:count] if len(names) >= count else ()


_KNOWN: WeakKeyDictionary[object, tuple[tuple[str, ...], str]] = WeakKeyDictionary()


def _parameters(fn: object) -> tuple[tuple[str, ...], str]:
    """The positional parameters, and the name of `*rest`. Remembered: `inspect.signature` costs as much as a call."""
    try:
        return _KNOWN[fn] if fn in _KNOWN else _KNOWN.setdefault(fn, _inspect(fn))
    except TypeError:  # neither hashable nor weakly referable: a built-in of torch or NumPy
        return _inspect(fn)


def _inspect(fn: object) -> tuple[tuple[str, ...], str]:
    try:
        parameters = inspect.signature(cast(Callable[..., object], fn)).parameters.values()
    except (TypeError, ValueError):
        return (), ""
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = tuple(parameter.name for parameter in parameters if parameter.kind in positional)
    rest = next((parameter.name for parameter in parameters if parameter.kind is parameter.VAR_POSITIONAL), "")
    return names, rest


def numbered(count: int) -> tuple[str, ...]:
    """`argument 1`, `argument 2`, …"""
    return tuple(f"argument {i + 1}" for i in range(count))


def _mutable(value: object) -> bool:
    return not (value is None or isinstance(value, (bool, int, float, complex, str, bytes, np.generic, type)))


def _short(label: str, value: object) -> str:
    if isinstance(value, (np.ndarray, torch.Tensor, list, dict, Replay, torch.nn.Module)) or callable(value):
        return label
    text = f"{value:.6g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= 24 else label


def _memory(leaf: object) -> list[tuple[str, int, int]]:
    """(device, first byte, last byte) of an array's or tensor's memory; nothing for an empty one."""
    if isinstance(leaf, np.ndarray) and leaf.size:
        return [("cpu", *_byte_bounds(leaf))]
    if isinstance(leaf, torch.Tensor) and leaf.numel():
        storage = leaf.untyped_storage()
        return [(str(leaf.device), storage.data_ptr(), storage.data_ptr() + storage.nbytes())]
    if isinstance(leaf, torch.nn.Module):
        return [region for parameter in leaf.parameters() for region in _memory(parameter)]
    return []


def _byte_bounds(array: np.ndarray) -> tuple[int, int]:
    """First byte and one past the last one; NumPy's own function moved between versions 1 and 2."""
    low = high = array.__array_interface__["data"][0]
    for size, step in zip(array.shape, array.strides, strict=True):
        if step < 0:
            low += step * (size - 1)
        else:
            high += step * (size - 1)
    return low, high + array.itemsize


def _overlap(one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]
