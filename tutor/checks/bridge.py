"""Lets a torch function be the reference of a NumPy one: arrays in, arrays out."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
import torch


def from_torch(function: Callable[..., object]) -> Callable[..., object]:
    """Wrap a torch function for NumPy arguments: arrays become tensors and results arrays; scalars and None stay."""

    @functools.wraps(function, assigned=("__name__", "__doc__"), updated=())
    def call(*args: object, **kwargs: object) -> object:
        with torch.no_grad():
            result = function(*map(_to_tensor, args), **{key: _to_tensor(value) for key, value in kwargs.items()})
        return _to_array(result)

    return call


def _to_tensor(value: object) -> object:
    if isinstance(value, np.ndarray):
        return torch.from_numpy(np.array(value, order="C", copy=True))  # torch knows no negative strides
    if isinstance(value, (list, tuple)):
        return type(value)(map(_to_tensor, value))
    return value


def _to_array(value: object) -> object:
    if isinstance(value, torch.Tensor):
        return value.detach().cpu().numpy()
    if isinstance(value, (list, tuple)):
        return tuple(map(_to_array, value)) if isinstance(value, tuple) else [_to_array(item) for item in value]
    return value
