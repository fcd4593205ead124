"""Progress as one JSON file: export everything, import by merging. Importing the same file twice changes nothing.

Owns the format of the file; what the rows mean is the store's business.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from tutor.atomic import refusal, write_atomic
from tutor.model import TutorError
from tutor.progress.schema import TABLES

if TYPE_CHECKING:
    from pathlib import Path

    from tutor.progress.store import Progress, Value

_FORMAT = 1
_NUMBERS = {"at": float, "seconds": float, "seed": int, "passed": int, "total": int, "number": int}


def export(progress: Progress, path: Path) -> int:
    """Write every attempt and event to a JSON file; returns how many rows it holds."""
    tables = {table: progress.rows(table) for table in TABLES}
    text = json.dumps({"format": _FORMAT, "program": "dl-tutor", **tables}, indent=1)
    write_atomic(path, (text + "\n").encode())
    return sum(map(len, tables.values()))


def merge(progress: Progress, path: Path) -> int:
    """Add the rows of an exported file that are not there yet; returns how many were new.

    Raises TutorError naming the row when the file is not an export; then nothing was added.
    """
    tables = _read(path)
    return sum(progress.merge(table, rows) for table, rows in tables.items())


def _read(path: Path) -> dict[str, list[dict[str, Value]]]:
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise refusal("read", path, error) from error
    except ValueError as error:
        raise TutorError(f"{path} is no progress export: {error}.") from error
    if not isinstance(document, dict) or document.get("program") != "dl-tutor":
        raise TutorError(f"{path} is no progress export; `tutor progress --export FILE` makes one.")
    if document.get("format") != _FORMAT:
        raise TutorError(f"{path} was written by another version of tutor (format {document.get('format')!r}).")
    return {table: _rows(document.get(table), table, path) for table in TABLES}


def _rows(rows: object, table: str, path: Path) -> list[dict[str, Value]]:
    if not isinstance(rows, list):
        raise TutorError(f"{path} is no progress export: `{table}` is missing.")
    return [_row(row, table, f"{path}: row {number} of `{table}`") for number, row in enumerate(rows, 1)]


def _row(row: object, table: str, where: str) -> dict[str, Value]:
    if not isinstance(row, dict) or set(row) != set(TABLES[table]):
        raise TutorError(f"{where} has not the keys {', '.join(TABLES[table])}. Nothing was imported.")
    for key, value in row.items():
        kind = _NUMBERS.get(key, str)
        if not _fits(value, kind):
            raise TutorError(f"{where}: `{key}` is {value!r:.40}, not of type {kind.__name__}. Nothing was imported.")
    return row


def _fits(value: object, kind: type) -> bool:
    """True for what SQLite stores unchanged: no bool, no infinity, no integer of more than 64 bits."""
    if isinstance(value, (str, bool)) or not isinstance(value, (int, float)):
        return isinstance(value, str) and kind is str
    return math.isfinite(value) and abs(value) < 2**62 and (kind is float or (kind is int and isinstance(value, int)))
