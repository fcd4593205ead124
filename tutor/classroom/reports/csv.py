"""`grades.csv`: a row for each student. No cell is a formula, whatever a student calls themselves."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from tutor.atomic import write_atomic
from tutor.classroom.feedback import number
from tutor.classroom.model import Grading, Result
from tutor.text.escape import csv_cell

_FIRST = ("student", "name", "email", "id", "section", "state", "late_days", "earned", "points", "possible", "percent")


def write(grading: Grading, folder: Path) -> list[Path]:
    """Write the file, in UTF-8 with the mark that spreadsheets look for."""
    exercises = [part.exercise for part in grading.assignment.parts]
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow([*_FIRST, *exercises, "handed_in", "notes"])
    for result in grading.results:
        rows.writerow([csv_cell(cell) for cell in _row(result)])
    path = folder / "grades.csv"
    write_atomic(path, text.getvalue().encode("utf-8-sig", "replace"))
    return [path]


def _row(result: Result) -> list[str]:
    student = result.student
    state = result.state if student.on_roster else f"{result.state}, not on the roster"
    numbers = [result.late_days, result.earned, result.points, result.possible, 100 * result.share]
    points = [number(part.points) for part in result.parts]
    who = [student.key, student.name, student.email, student.number, student.section, state]
    return [*who, *map(number, numbers), *points, result.origin, " ".join(result.notes)]
