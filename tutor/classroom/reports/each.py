"""One JSON file for each student: of a single submission under the name a platform reads, of a class in a folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tutor.atomic import make_folder, write_atomic
from tutor.classroom.model import Grading, Result
from tutor.classroom.reports.names import file_names


def write_each(
    grading: Grading, folder: Path, single: str, group: str, content: Callable[[Result], dict[str, Any]]
) -> list[Path]:
    """Write `single`, or `group/STUDENT.json` for a class; gives the files."""
    if len(grading.results) == 1:
        targets = [folder / single]
    else:
        make_folder(folder / group)
        names = file_names(grading.results)
        targets = [folder / group / f"{names[result.student.key]}.json" for result in grading.results]
    for path, result in zip(targets, grading.results, strict=True):
        write_atomic(path, json.dumps(content(result), indent=1).encode() + b"\n", durable=False)
    return targets
