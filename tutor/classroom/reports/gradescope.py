"""Gradescope's `results.json`: one for each student; of a single submission it is the file that Gradescope reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tutor.classroom.feedback import headline, items
from tutor.classroom.model import Grading, Part, PartResult, Result
from tutor.classroom.reports.each import write_each
from tutor.text.escape import terminal


def write(grading: Grading, folder: Path) -> list[Path]:
    """Write `results.json`, or `gradescope/STUDENT.json` for a class."""
    parts = {part.exercise: part for part in grading.assignment.parts}
    return write_each(grading, folder, "results.json", "gradescope", lambda r: results_json(grading, r, parts))


def results_json(grading: Grading, result: Result, parts: Mapping[str, Part]) -> dict[str, Any]:
    """Give the content for one student."""
    text = [headline(result), *result.notes]
    tests = [test for part in result.parts for test in _tests(grading, part, parts[part.exercise])]
    return {
        "score": result.points,
        "execution_time": round(sum(part.verdict.seconds for part in result.parts if part.verdict), 3),
        "output": terminal("\n".join(text)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {"assignment": grading.assignment.id, "state": result.state, "course": grading.course_version},
    }


def _tests(grading: Grading, part: PartResult, spec: Part) -> list[dict[str, Any]]:
    shown = items(part, grading.assignment.release)
    if not shown:
        status = "passed" if part.points >= part.possible else "failed"
        note = terminal(part.note)
        return [
            {"name": part.exercise, "score": part.points, "max_score": part.possible, "status": status, "output": note}
        ]
    # The total stands in `score`; a test's own share is told only where the checks are worth points one by one.
    return [
        {
            "name": terminal(f"{part.exercise}: {item.sentence}"),
            "status": "passed" if item.passed else "failed",
            "output": terminal(item.text),
            "visibility": "visible",
            "tags": [part.exercise, f"weight {spec.weights.get(item.check, 1.0):g}"],
        }
        for item in shown
    ]
