"""Classroom 50's `result.json` (classroom50/result/v1), one for each student; its points are whole numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tutor.atomic import make_folder, write_atomic
from tutor.classroom.feedback import headline, items
from tutor.classroom.model import Grading, Result
from tutor.classroom.reports.names import file_names
from tutor.text.escape import line, markdown

FORMAT = "classroom50/result/v1"


def write(grading: Grading, folder: Path) -> list[Path]:
    """Write `result.json` and `release-body.md`, or `classroom50/STUDENT.json` for a class."""
    if len(grading.results) == 1:
        (result,) = grading.results
        body = folder / "release-body.md"
        write_atomic(body, _body(grading, result).encode("utf-8", "replace"), durable=False)
        return [_write(folder / "result.json", grading, result), body]
    make_folder(folder / "classroom50")
    names = file_names(grading.results)
    return [_write(folder / "classroom50" / f"{names[r.student.key]}.json", grading, r) for r in grading.results]


def _write(path: Path, grading: Grading, result: Result) -> Path:
    write_atomic(path, json.dumps(result_json(grading, result), indent=1).encode() + b"\n", durable=False)
    return path


def result_json(grading: Grading, result: Result) -> dict[str, Any]:
    """Give the content for one student. Classroom, submission and release are filled in by Classroom 50's runner."""
    tests = [
        {
            "test-name": part.exercise,
            "passed": part.points >= part.possible,
            "score": round(part.points),
            "max-score": round(part.possible),
        }
        for part in result.parts
    ]
    return {
        "schema": FORMAT,
        "classroom": "",
        "assignment": grading.assignment.id,
        "usernames": [line(result.student.username or result.student.key)],
        "submission": "",
        "commit": result.commit,
        "release": "",
        "review": "",
        "datetime": (result.at or grading.began).isoformat(),
        "score": round(result.points),
        "max-score": round(result.possible),
        "tests": tests,
    }


def _body(grading: Grading, result: Result) -> str:
    lines = [f"**{markdown(grading.assignment.title)}**: {headline(result)}", ""]
    for part in result.parts:
        lines.append(f"- {part.exercise}: {round(part.points, 2):g} of {part.possible:g}")
        lines += [
            f"  - ✗ {markdown(item.sentence)}" for item in items(part, grading.assignment.release) if not item.passed
        ]
    return "\n".join(lines) + "\n"
