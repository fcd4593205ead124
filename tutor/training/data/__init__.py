"""Data for labs: `load("digits")`. Loaded on demand, so that `tutor data list` needs no NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.training.data.loading import is_available, load

__all__ = ["is_available", "load"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("tutor.training.data.loading"), name)
