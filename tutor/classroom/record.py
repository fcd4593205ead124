"""A whole grading as JSON and back; `schema.json` beside this file describes it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from tutor.classroom.model import Assignment, Grading, Late, Part, PartResult, Result, Student
from tutor.grading.record import verdict_from_json, verdict_to_json
from tutor.model import Limits, TutorError

FORMAT = "tutor/grading/v1"
SCHEMA = Path(__file__).with_name("schema.json")


def grading_to_json(grading: Grading) -> dict[str, Any]:
    """Turn a grading into plain JSON values that fit the schema."""
    return {
        "format": FORMAT,
        "assignment": _assignment_to_json(grading.assignment),
        "course": grading.course,
        "course_version": grading.course_version,
        "began": grading.began.isoformat(),
        "seconds": grading.seconds,
        "graded": grading.graded,
        "shard": grading.shard,
        "notes": list(grading.notes),
        "results": [_result_to_json(result) for result in grading.results],
    }


def grading_from_json(data: dict[str, Any]) -> Grading:
    """Read a grading."""
    return Grading(
        assignment=_assignment_from_json(data["assignment"]),
        course=data["course"],
        course_version=data["course_version"],
        results=tuple(_result_from_json(result) for result in data["results"]),
        began=datetime.fromisoformat(data["began"]),
        seconds=data["seconds"],
        graded=data["graded"],
        shard=data["shard"],
        notes=tuple(data["notes"]),
    )


def read_grading(path: Path) -> Grading:
    """Read a file that an earlier run wrote; a folder means the one in it. Raises TutorError."""
    file = path / "grading.json" if path.is_dir() else path
    try:
        data = json.loads(file.read_bytes())
        if data.get("format") != FORMAT:
            raise TutorError(f"{file} is no grading of this program (format {data.get('format')!r}, not {FORMAT!r}).")
        return grading_from_json(data)
    except OSError as error:
        raise TutorError(f"{file} cannot be read: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TutorError(f"{file} is damaged: {type(error).__name__}: {error}.") from error


def _assignment_to_json(assignment: Assignment) -> dict[str, Any]:
    data = asdict(assignment)
    data["due"] = _moment(assignment.due)
    data["parts"] = [
        {"exercise": p.exercise, "points": p.points, "weights": dict(p.weights), "hidden": p.hidden is not None}
        for p in assignment.parts
    ]
    return data


def _assignment_from_json(data: dict[str, Any]) -> Assignment:
    parts = [Part(p["exercise"], p["points"], p["weights"], Path("?") if p["hidden"] else None) for p in data["parts"]]
    late, limits = Late(**data["late"]), Limits(**data["limits"])
    return Assignment(**{**data, "parts": tuple(parts), "due": _read(data["due"]), "late": late, "limits": limits})


def _result_to_json(result: Result) -> dict[str, Any]:
    data = {name: getattr(result, name) for name in Result.__slots__}
    parts = [_part_to_json(part) for part in result.parts]
    student, notes = asdict(result.student), list(result.notes)
    return {**data, "student": student, "parts": parts, "at": _moment(result.at), "notes": notes}


def _part_to_json(part: PartResult) -> dict[str, Any]:
    data = {name: getattr(part, name) for name in PartResult.__slots__}
    return {**data, "verdict": part.verdict and verdict_to_json(part.verdict)}


def _result_from_json(data: dict[str, Any]) -> Result:
    parts = tuple(map(_part_from_json, data["parts"]))
    student, notes = Student(**data["student"]), tuple(data["notes"])
    return Result(**{**data, "student": student, "parts": parts, "at": _read(data["at"]), "notes": notes})


def _part_from_json(data: dict[str, Any]) -> PartResult:
    return PartResult(**{**data, "verdict": data["verdict"] and verdict_from_json(data["verdict"])})


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _read(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
