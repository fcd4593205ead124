"""Reads the downloaded files, each in its own format. A file that is not what its name says gives a TutorError."""

from __future__ import annotations

import csv
import gzip
import struct
import zipfile
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TypeVar

import numpy as np

from tutor.model import TutorError
from tutor.training.data.catalogue import Source
from tutor.training.data.kinds import Images, Pairs, Table, Text

_FASHION = ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot")
T = TypeVar("T")


def _readable(read: Callable[[Source, Path], T]) -> Callable[[Source, Path], T]:
    """Turn whatever a damaged file raises into one sentence."""

    @wraps(read)
    def run(source: Source, path: Path) -> T:
        try:
            return read(source, path)
        except (OSError, EOFError, ValueError, KeyError, struct.error, zipfile.BadZipFile) as error:
            raise TutorError(
                f"{path} is damaged ({type(error).__name__}: {error}). Remove it, then: tutor data fetch {source.name}"
            ) from error

    return run


def idx_images(source: Source, paths: Sequence[Path], train: int = 0, test: int = 0) -> Images:
    """Images and labels of the MNIST format. Where only a test part is at hand, 8,000 of it are for training.

    Bytes become numbers only for the first `train` and `test` pictures: all of 60,000 would take 190 MB.
    """
    arrays = {path.name: _array(source, path) for path in paths}
    test_x, test_y = _part(arrays, "t10k-images"), _part(arrays, "t10k-labels")
    if any("train-images" in name for name in arrays):
        train_x, train_y = _part(arrays, "train-images"), _part(arrays, "train-labels")
    else:
        train_x, train_y, test_x, test_y = test_x[:8000], test_y[:8000], test_x[8000:], test_y[8000:]
    a, b = slice(train or None), slice(test or None)
    train_x, test_x = train_x[a].astype(np.float32) / 255, test_x[b].astype(np.float32) / 255  # (N, 28, 28)
    train_y, test_y = train_y[a].astype(np.int64), test_y[b].astype(np.int64)  # (N,)
    classes = _FASHION if source.name == "fashion-mnist" else tuple(str(d) for d in range(10))
    note = (
        f"Data: {source.title}; {len(train_y):,} to train, {len(test_y):,} to test. {source.credit}, {source.licence}."
    )
    return Images(source.name, train_x, train_y, test_x, test_y, classes, note)


def _part(arrays: dict[str, np.ndarray], words: str) -> np.ndarray:
    return next(array for name, array in arrays.items() if words in name)


@_readable
def _array(source: Source, path: Path) -> np.ndarray:
    """The idx format: two zero bytes, type 8 (unsigned byte), number of axes, each size as a big-endian int32."""
    del source
    data = gzip.decompress(path.read_bytes())
    zero, kind, axes = struct.unpack_from(">HBB", data)
    if zero != 0 or kind != 8:
        raise ValueError("not an idx file of bytes")
    shape = struct.unpack_from(f">{axes}I", data, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(shape)


@_readable
def plain_text(source: Source, path: Path) -> Text:
    """The file as it is."""
    return Text(source.name, path.read_text(encoding="utf-8-sig"), _note(source))


@_readable
def tab_pairs(source: Source, path: Path) -> Pairs:
    """Lines of `English<tab>translation<tab>attribution`."""
    return Pairs(source.name, _pairs(path.read_text(encoding="utf-8")), _note(source))


@_readable
def zipped_pairs(source: Source, path: Path) -> Pairs:
    """The same inside a zip."""
    with zipfile.ZipFile(path) as archive:
        text = archive.read("fra-eng/fra.txt").decode("utf-8")
    return Pairs(source.name, _pairs(text), _note(source))


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    columns = (line.split("\t") for line in text.splitlines())
    return tuple((c[0], c[1]) for c in columns if len(c) >= 2)


@_readable
def housing(source: Source, path: Path) -> Table:
    """Eight numbers, and the nearness of the ocean as five columns of 0 and 1; y is the median value in dollars."""
    rows = _rows(path)
    numbers = [name for name in rows[0] if name not in {"median_house_value", "ocean_proximity"}]
    places = sorted({row["ocean_proximity"] for row in rows})
    x = [[_number(r[n]) for n in numbers] + [float(r["ocean_proximity"] == p) for p in places] for r in rows]
    y = [_number(row["median_house_value"]) for row in rows]
    columns = (*numbers, *(f"ocean: {p.lower()}" for p in places))
    return Table(source.name, np.array(x), np.array(y), columns, (), _note(source))


@_readable
def penguins(source: Source, path: Path) -> Table:
    """Four measurements; y is the species. Two birds were not measured: their cells are NaN."""
    rows = _rows(path)
    columns = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")
    species = tuple(sorted({row["species"] for row in rows}))
    x = np.array([[_number(row[c]) for c in columns] for row in rows])  # (344, 4)
    y = np.array([species.index(row["species"]) for row in rows])  # (344,)
    return Table(source.name, x, y, tuple(c.replace("_", " ") for c in columns), species, _note(source))


@_readable
def airfoil(source: Source, path: Path) -> Table:
    """Five settings of the wind tunnel; y is the sound pressure in decibel."""
    values = np.loadtxt(path)  # (1503, 6)
    columns = ("frequency", "angle of attack", "chord length", "free-stream velocity", "displacement thickness")
    return Table(source.name, values[:, :5], values[:, 5], columns, (), _note(source))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _number(text: str) -> float:
    return float("nan") if text in {"", "NA"} else float(text)


def _note(source: Source) -> str:
    return f"Data: {source.title}. {source.credit}, {source.licence}."
