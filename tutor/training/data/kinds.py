"""What `load` returns: one small dataclass a kind of data. Arrays are NumPy's; nothing is read here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Images:
    """Labelled grey pictures, split into training and test part. Pixels are float32 in [0, 1]."""

    name: str
    x_train: np.ndarray
    """(N, H, W)"""
    y_train: np.ndarray
    """(N,) int64"""
    x_test: np.ndarray
    y_test: np.ndarray
    classes: tuple[str, ...]
    note: str
    """A sentence for the reader: what this is, and that it stands in for something larger when it does."""


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers in columns. Missing cells are NaN."""

    name: str
    x: np.ndarray
    """(N, D) float64"""
    y: np.ndarray
    """(N,): float64 for a quantity, int64 for a class"""
    columns: tuple[str, ...]
    classes: tuple[str, ...]
    """Names of the classes; empty when y is a quantity."""
    note: str


@dataclass(frozen=True, slots=True)
class Text:
    """One long text, or one line an item."""

    name: str
    text: str
    note: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """Sentences and their translations."""

    name: str
    pairs: tuple[tuple[str, str], ...]
    note: str


@dataclass(frozen=True, slots=True)
class Photos:
    """Colour photographs, (H, W, 3) uint8 each."""

    name: str
    images: tuple[np.ndarray, ...]
    note: str


Data = Images | Table | Text | Pairs | Photos
