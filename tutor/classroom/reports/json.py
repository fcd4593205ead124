"""`grading.json`: everything, for programs and for later runs (merge, diff, statistics)."""

from __future__ import annotations

import json
from pathlib import Path

from tutor.atomic import write_atomic
from tutor.classroom.model import Grading
from tutor.classroom.record import grading_to_json


def write(grading: Grading, folder: Path) -> list[Path]:
    """Write the file."""
    path = folder / "grading.json"
    text = json.dumps(grading_to_json(grading), indent=1, ensure_ascii=True)
    write_atomic(path, text.encode("ascii") + b"\n")
    return [path]
