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
    data = grading_to_json(grading)
    # A line for each student: with `indent`, Python's own slow encoder would do it, seconds for a large class.
    results = ",\n".join(map(json.dumps, data.pop("results")))
    head = json.dumps(data, indent=1).removesuffix("\n}")
    write_atomic(path, f'{head},\n "results": [\n{results}\n]\n}}\n'.encode("ascii"))
    return [path]
