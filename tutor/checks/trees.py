"""Copies and casts arguments: nested tuples, lists and dicts of arrays, tensors, modules and generators.

A copy keeps what a layout check is about: strides, a read-only flag, `requires_grad`; and it keeps identity, so that an
optimiser's parameters are still the copied model's.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import cast

import numpy as np
import torch

from tutor.checks.failure import MISSING

FloatName = str
"""`float64` or `float32`: the precision of one pass of a check."""

IMMUTABLE = (
    type(None),
    bool,
    int,
    float,
    complex,
    str,
    bytes,
    type,
    np.generic,
    torch.dtype,
    torch.device,
    torch.Size,
)


def duplicate(value: object, memo: dict[int, object] | None = None, dtype: FloatName | None = None) -> object:
    """A deep copy of the value; with `dtype`, floating arrays, tensors and modules are cast to it."""
    memo = {} if memo is None else memo
    if isinstance(value, IMMUTABLE) or (callable(value) and not isinstance(value, torch.nn.Module)):
        return value
    if id(value) in memo:
        return memo[id(value)]
    result = _duplicate(value, memo, dtype)
    memo[id(value)] = result
    # Keeps the original alive as long as the memo: an id is only unique among living objects.
    cast(list[object], memo.setdefault(id(memo), [])).append(value)
    return result


def _duplicate(value: object, memo: dict[int, object], dtype: FloatName | None) -> object:
    if isinstance(value, np.ndarray):
        return copy_array(value, dtype)
    if isinstance(value, torch.Tensor):
        return copy_tensor(value, dtype)
    if isinstance(value, tuple):
        items = tuple(duplicate(item, memo, dtype) for item in value)
        make = getattr(type(value), "_make", tuple)  # a named tuple stays one
        return cast(object, make(items))
    if isinstance(value, list):
        return [duplicate(item, memo, dtype) for item in value]
    if isinstance(value, dict):
        return {key: duplicate(item, memo, dtype) for key, item in value.items()}
    if isinstance(value, torch.Generator):
        twin = torch.Generator(value.device)
        twin.set_state(value.get_state())
        return twin
    if isinstance(value, Replay):
        return Replay([duplicate(item, memo, dtype) for item in value.items])
    return _deep(value, memo, dtype)


def _deep(value: object, memo: dict[int, object], dtype: FloatName | None) -> object:
    try:
        result = copy.deepcopy(value, memo)
    except TypeError:  # a file, a lock, a proxy: whoever passes such a thing means this very object
        return value
    if dtype and isinstance(result, torch.nn.Module):
        result.to(torch_dtype(dtype))
    return result


class Replay:
    """An iterator that was passed as an argument, drained once, so that every call gets the same items."""

    def __init__(self, items: list[object]) -> None:
        self.items = items

    def __repr__(self) -> str:
        return f"iter({self.items!r})"


def drain(value: object) -> object:
    """Replace one-shot iterators by replays; everything else is given back as it is."""
    return Replay(list(value)) if isinstance(value, Iterator) else value


def copy_array(array: np.ndarray, dtype: FloatName | None = None) -> np.ndarray:
    """A copy with the same memory layout, flags included; floats become `dtype`."""
    target = np.dtype(dtype) if dtype and array.dtype.kind == "f" else array.dtype
    if array.flags.forc:
        twin = np.array(array, dtype=target, order="K", copy=True, subok=False)
    else:
        twin = _strided(array, target)
    if not array.flags.writeable:
        twin.flags.writeable = False
    return twin


def _strided(array: np.ndarray, dtype: np.dtype[np.generic]) -> np.ndarray:
    """Lay the array out over fresh memory with the same steps, negative and zero ones included."""
    steps = [stride // array.itemsize * dtype.itemsize for stride in array.strides]
    low = sum(step * (size - 1) for size, step in zip(array.shape, steps, strict=True) if step < 0)
    high = sum(step * (size - 1) for size, step in zip(array.shape, steps, strict=True) if step > 0)
    memory = np.zeros((high - low) // dtype.itemsize + 1, dtype=dtype)
    twin: np.ndarray = np.ndarray(array.shape, dtype, memory.data, -low, steps)
    twin[...] = array
    return twin


def copy_tensor(tensor: torch.Tensor, dtype: FloatName | None = None) -> torch.Tensor:
    """A leaf with the same values, strides, `requires_grad` and `.grad`; floats become `dtype`."""
    source = tensor.detach()
    target = torch_dtype(dtype) if dtype and source.is_floating_point() else source.dtype
    steps = source.stride()
    if source.is_contiguous():
        twin = source.to(target, copy=True)
    else:
        sizes = [1 if step == 0 else size for size, step in zip(source.shape, steps, strict=True)]
        base = torch.empty_strided(sizes, steps, dtype=target, device=source.device)
        base.copy_(source[tuple(slice(0, size) for size in sizes)])
        twin = base.expand(source.shape)
    if isinstance(tensor, torch.nn.Parameter):
        twin = torch.nn.Parameter(twin, tensor.requires_grad)
    elif tensor.requires_grad:
        twin.requires_grad_()
    if tensor.is_leaf and tensor.grad is not None:
        twin.grad = copy_tensor(tensor.grad, dtype)
    return twin


def torch_dtype(name: FloatName) -> torch.dtype:
    """`float64` → `torch.float64`."""
    return cast(torch.dtype, getattr(torch, name))


def leaves(value: object) -> Iterator[object]:
    """Every part of a nested value that is not a tuple, list or dict."""
    if isinstance(value, (tuple, list)):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, Replay):
        yield from leaves(value.items)
    else:
        yield value


def has_floats(value: object) -> bool:
    """True when a cast to another precision would change the value."""
    return any(_is_float(leaf) for leaf in leaves(value))


def without_float64(value: object) -> bool:
    """True when a tensor lives on a device that knows no float64: then float32 is the truth there."""
    return any(isinstance(leaf, torch.Tensor) and leaf.device.type == "mps" for leaf in leaves(value))


def _is_float(leaf: object) -> bool:
    if isinstance(leaf, np.ndarray):
        return bool(leaf.dtype.kind == "f")
    if isinstance(leaf, torch.Tensor):
        return leaf.is_floating_point()
    return isinstance(leaf, torch.nn.Module) and any(p.is_floating_point() for p in leaf.parameters())


def content(value: object) -> object:
    """What counts as the value of an argument when it is looked at after the call.

    Of a module its state, of a generator nothing (it is to move on), and nothing of objects that are equal only to
    themselves, because a copy of such an object never equals it.
    """
    if isinstance(value, (list, tuple)):
        return [content(item) for item in value]
    if isinstance(value, Replay):
        return content(value.items)
    if isinstance(value, dict):
        return {key: content(item) for key, item in value.items()}
    if isinstance(value, torch.nn.Module):
        return {**value.state_dict(), "training": value.training}
    if isinstance(value, torch.optim.Optimizer):
        return value.state_dict()
    if isinstance(value, (torch.Generator, np.random.Generator)) or type(value).__eq__ is object.__eq__:
        return MISSING
    return value


def trainable(value: object) -> list[torch.Tensor]:
    """The tensors of an argument tree that require a gradient, each once, in order."""
    found: dict[int, torch.Tensor] = {}
    for leaf in leaves(value):
        parts = leaf.parameters() if isinstance(leaf, torch.nn.Module) else [leaf]
        for part in parts:
            if isinstance(part, torch.Tensor) and part.requires_grad:
                found.setdefault(id(part), part)
    return list(found.values())
