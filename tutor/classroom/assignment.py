"""Reads `assignment.toml`: which exercises, points, dates, limits. Every error names file, line and key.

Without a file there is an assignment of every exercise that somebody handed in.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast
from zoneinfo import ZoneInfo

from tutor.classroom.model import Assignment, Late, Part
from tutor.grading.material import check_sentences
from tutor.grading.sandbox import MODES
from tutor.model import DEVICES, Exercise, Limits
from tutor.text.frontmatter import Table, parse_toml, read_text
from tutor.text.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tutor.classroom.model import Release
    from tutor.model import Course

_RELEASES = ("full", "sentences", "score")


def whole_course(course: Course, handed_in: Iterable[str]) -> Assignment:
    """The assignment when nobody wrote one: what was handed in, in teaching order, with the course's points."""
    found = set(handed_in)
    parts = tuple(Part(e.id, float(e.points)) for e in course.exercises if e.id in found)
    return Assignment(course.id, course.title, parts)


def read_assignment(path: Path, course: Course) -> Assignment:
    """Read and check the file; raises CourseError with file, line, key and the nearest valid name."""
    table = parse_toml(read_text(path), path)
    hidden = _hidden_folder(table, path, course)
    assignment = Assignment(
        id=table.text("id", path.stem),
        title=table.text("title", path.stem),
        parts=_parts(table, course, hidden),
        partial=table.flag("partial", True),
        due=_due(table),
        late=_late(table.table("late")),
        attempts=table.integer("attempts", low=1) if table.has("attempts") else None,
        count=cast('Literal["last", "best"]', table.one_of("count", ("last", "best"), "last")),
        seed=table.integer("seed", 0, high=2**31 - 1),
        device=table.one_of("device", DEVICES, "cpu"),
        limits=_limits(table.table("limits")),
        sandbox=table.one_of("sandbox", MODES, "auto"),
        release=cast("Release", table.one_of("release", _RELEASES, "full")),
    )
    table.finish()
    return assignment


def _parts(table: Table, course: Course, hidden: Path | None) -> tuple[Part, ...]:
    known = {exercise.id: exercise for exercise in course.exercises}
    given = table.raw("exercises")
    if isinstance(given, dict) and given:
        parts = table.table("exercises")
        entries = {name: parts.table(name) for name in parts.names()}
    else:
        entries = dict.fromkeys(table.texts("exercises", None), Table({}, Path()))
    if not entries:
        raise table.error("exercises", 'is empty; write ["softmax", "cross-entropy"] or tables [exercises.softmax]')
    for name in entries:
        if name not in known:
            raise table.error("exercises", f"names `{name}`, which is no exercise{nearest(name, known)}")
    chosen = {name: _part(entry, known[name], hidden) for name, entry in entries.items()}
    return tuple(chosen[name] for name in known if name in chosen)  # in teaching order: later ones need earlier ones


def _part(entry: Table, exercise: Exercise, hidden: Path | None) -> Part:
    more = hidden / f"test_{exercise.stub.stem}.py" if hidden else None
    more = more if more is not None and more.is_file() else None
    names = [name for path in (exercise.checks, more) if path for name, _ in check_sentences(path)]
    points = _amount(entry, "points", float(exercise.points))
    given, weights = entry.table("weights"), {}
    for name in given.names():
        full = name if name.startswith("test_") else f"test_{name}"
        if full not in names:
            raise given.error(name, f"is no check of {exercise.id}{nearest(full, names)}")
        if names.count(full) > 1:
            raise given.error(name, "is an open and a hidden check; give the hidden one a name of its own")
        weights[full] = _amount(given, name, 1.0)
    if names and not any(weights.get(name, 1.0) for name in names):
        raise entry.error("weights", f"of {exercise.id} are all 0: nothing could be earned")
    entry.finish()
    return Part(exercise.id, points, weights, more)


def _amount(table: Table, key: str, default: float) -> float:
    value = table.number(key, default)
    if not 0 <= value < 1e6:  # neither does NaN
        raise table.error(key, f"must be a number from 0 to a million, not {value}")
    return value


def _due(table: Table) -> datetime | None:
    zone = _zone(table)
    if not table.has("due"):
        return None
    value = table.raw("due")
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time(23, 59, 59))
    if not isinstance(value, datetime):
        raise table.error("due", "must be a date and time like 2026-11-30T23:59:00+01:00, without quotes")
    if value.tzinfo is None and zone is None:
        example = 'write 2026-11-30T23:59:00+01:00, or add timezone = "Europe/Berlin"'
        raise table.error("due", f"needs a time zone: {example}")
    return value if value.tzinfo else value.replace(tzinfo=zone)


def _zone(table: Table) -> ZoneInfo | None:
    if not table.has("timezone"):
        return None
    name = table.text("timezone")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise table.error("timezone", f"{name!r} is not known here; use a name like Europe/Berlin") from None


def _late(late: Table) -> Late:
    policy = Late(
        grace_minutes=late.number("grace_minutes", 0.0),
        per_day=late.number("per_day", 0.0),
        most=late.number("most", 1.0),
        days=late.integer("days") if late.has("days") else None,
    )
    for key in ("per_day", "most"):
        if not 0 <= getattr(policy, key) <= 1:
            raise late.error(key, "is a part of the points and must lie between 0 and 1")
    if not 0 <= policy.grace_minutes < 1e6:
        raise late.error("grace_minutes", "must be a number from 0 up")
    late.finish()
    return policy


def _limits(table: Table) -> Limits:
    values: dict[str, float | int] = {}
    for known in fields(Limits):
        if table.has(known.name):
            value = table.number(known.name)
            if not 0 < value < 1e12:
                raise table.error(known.name, "must be more than 0")
            values[known.name] = int(value) if isinstance(known.default, int) else value
    table.finish()
    return Limits(**values)  # type: ignore[arg-type]  # whole numbers where they are counted


def _hidden_folder(table: Table, path: Path, course: Course) -> Path | None:
    if not table.has("hidden"):
        return None
    folder = path.parent / table.text("hidden")
    if not folder.is_dir():
        raise table.error("hidden", f"names {folder}, which is no folder; it holds files like test_softmax.py")
    fitting = {f"test_{exercise.stub.stem}.py" for exercise in course.exercises}
    files = sorted(entry.name for entry in folder.glob("*.py"))
    for name in files:
        if name.startswith("test_") and name not in fitting:
            raise table.error("hidden", f"holds {name}, which fits no exercise{nearest(name, fitting)}")
    if not fitting.intersection(files):
        raise table.error("hidden", f"names {folder}, which holds no file like test_softmax.py")
    return folder
