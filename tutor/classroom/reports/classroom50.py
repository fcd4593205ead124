"""Classroom 50's `result.json` (classroom50/result/v1), one for each student; its points are whole numbers.

Contract: https://github.com/foundation50/classroom50/wiki/Advanced-Autograding. Whose repository it is, which
submission and which release, the runner says in its environment; elsewhere these stay empty.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from tutor.atomic import write_atomic
from tutor.classroom.feedback import headline, items
from tutor.classroom.model import Grading, Result
from tutor.classroom.reports.each import write_each
from tutor.text.escape import line, markdown

FORMAT = "classroom50/result/v1"


def write(grading: Grading, folder: Path) -> list[Path]:
    """Write `result.json` and `release-body.md`, or `classroom50/STUDENT.json` for a class."""
    written = write_each(grading, folder, "result.json", "classroom50", lambda r: result_json(grading, r))
    if len(grading.results) == 1:
        body = folder / "release-body.md"
        write_atomic(body, _body(grading, grading.results[0]).encode("utf-8", "replace"), durable=False)
        written.append(body)
    return written


def result_json(grading: Grading, result: Result) -> dict[str, Any]:
    """Give the content for one student; `score` and `max-score` are the sums of the tests, as the contract says."""
    asked = os.environ.get
    tests = _tests(result)
    return {
        "schema": FORMAT,
        "classroom": asked("CLASSROOM", ""),
        "assignment": asked("ASSIGNMENT", "") or grading.assignment.id,
        "owner": asked("OWNER", "") or line(result.student.username or result.student.key),
        "submission": asked("SUBMISSION_TAG", ""),
        "commit": asked("COMMIT_URL", "") or result.commit,
        "release": asked("RELEASE_URL", ""),
        "review": asked("REVIEW_URL", "") or asked("COMMIT_URL", ""),
        "datetime": _moment(result.at or grading.began),
        "graded_at": _moment(grading.began),
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }


def _tests(result: Result) -> list[dict[str, Any]]:
    """A test for each exercise; what lateness takes off is taken off each."""
    left = result.points / result.earned if result.earned else 1.0
    scores = _whole(part.points * left for part in result.parts)
    return [
        {"test-name": part.exercise, "passed": part.points >= part.possible, "score": score, "max-score": most}
        for part, score, most in zip(result.parts, scores, _whole(p.possible for p in result.parts), strict=True)
    ]


def _whole(values: Iterable[float]) -> list[int]:
    """Whole numbers whose sum is the rounded sum."""
    sums = [round(total + 1e-9) for total in accumulate(values, initial=0.0)]
    return [after - before for before, after in pairwise(sums)]


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _body(grading: Grading, result: Result) -> str:
    lines = [f"**{markdown(grading.assignment.title)}**: {headline(result)}", ""]
    for part in result.parts:
        lines.append(f"- {part.exercise}: {round(part.points, 2):g} of {part.possible:g}")
        lines += [
            f"  - ✗ {markdown(item.sentence)}" for item in items(part, grading.assignment.release) if not item.passed
        ]
    return "\n".join(lines) + "\n"
