"""What changed between two gradings of a class. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tutor.classroom.model import Grading, Result


@dataclass(frozen=True, slots=True)
class Change:
    """One student whose result differs."""

    student: str
    before: float
    after: float
    why: str


def compare(before: Grading, after: Grading) -> list[Change]:
    """Students in the order of their keys."""
    old = {result.student.key: result for result in before.results}
    new = {result.student.key: result for result in after.results}
    changes = []
    for key in sorted(old.keys() | new.keys()):
        first, second = old.get(key), new.get(key)
        why = "; ".join(_differences(first, second))
        if why:
            changes.append(Change(key, first.points if first else 0.0, second.points if second else 0.0, why))
    return changes


def _differences(first: Result | None, second: Result | None) -> Iterator[str]:
    if first is None or second is None:
        yield "new" if first is None else "gone"
        return
    if first.state != second.state:
        yield f"{first.state} → {second.state}"
    before = {part.exercise: part for part in first.parts}
    for part in second.parts:
        was = before.pop(part.exercise, None)
        if was is None:
            yield f"{part.exercise} is new"
        elif (was.points, was.possible) != (part.points, part.possible):
            yield f"{part.exercise} {was.points:g}/{was.possible:g} → {part.points:g}/{part.possible:g}"
    yield from (f"{name} is gone" for name in before)
    if first.late_days != second.late_days:
        yield f"{first.late_days} → {second.late_days} days late"
    elif first.points != second.points and first.earned == second.earned:
        yield "what lateness costs"
