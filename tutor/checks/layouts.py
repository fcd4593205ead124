"""Memory layouts an argument may come in. Values, shape and dtype stay; only where the numbers lie differs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import torch

Values = TypeVar("Values", np.ndarray, torch.Tensor)

LAYOUTS = ("transposed", "strided", "read-only", "reversed", "contiguous")


def lay_out(values: Values, name: str) -> Values:
    """The values in the layout of that name; raises ValueError for an unknown name. Tensors: the first two only."""
    if isinstance(values, torch.Tensor):
        return _tensor(values, name)
    if name not in _ARRAYS:
        raise ValueError(f"there is no layout {name!r}; there are {', '.join(LAYOUTS)}")
    return _ARRAYS[name](values)


def _transposed(array: np.ndarray) -> np.ndarray:
    return np.array(array.T, order="C", copy=True).T


def _strided(array: np.ndarray) -> np.ndarray:
    """Every second element of an array twice as long in its last axis; the gaps hold NaN, or the largest integer."""
    if array.ndim == 0:
        return array.copy()
    wide = np.empty((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[...] = _poison(array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]


def _poison(dtype: np.dtype[np.generic]) -> object:
    if dtype.kind in "iu":
        return np.iinfo(dtype.name).max
    return np.nan if dtype.kind in "fc" else np.zeros((), dtype)[()]


def _reversed(array: np.ndarray) -> np.ndarray:
    """Stored backwards along the first axis: a negative step."""
    return array if array.ndim == 0 else array[::-1].copy()[::-1]


def _read_only(array: np.ndarray) -> np.ndarray:
    twin = array.copy()
    twin.flags.writeable = False
    return twin


_ARRAYS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "transposed": _transposed,
    "strided": _strided,
    "read-only": _read_only,
    "reversed": _reversed,
    "contiguous": np.copy,
}


def _tensor(tensor: torch.Tensor, name: str) -> torch.Tensor:
    if name not in LAYOUTS[:2]:
        raise ValueError(f"a tensor can be laid out transposed or strided, not {name!r}")
    plain = tensor.detach()
    if plain.ndim == 0:
        twin = plain.clone()
    elif name == "transposed":
        axes = tuple(reversed(range(plain.ndim)))
        twin = plain.permute(axes).contiguous().permute(axes)
    else:
        wide = plain.new_full(
            (*plain.shape[:-1], 2 * plain.shape[-1]), 99 if not plain.is_floating_point() else torch.nan
        )
        wide[..., ::2] = plain
        twin = wide[..., ::2]
    return twin.requires_grad_(tensor.requires_grad)
