"""From verdicts to points, and from dates to what lateness costs. Pure: no files, no clock."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from tutor.classroom.model import Assignment, Late, Part, PartResult
from tutor.model import Verdict, base_name

_GATES = ("load", "allowed")
"""Findings that are no checks of their own: when one fails, the exercise is worth nothing."""
NOT_GRADED = "it could not be graded; tell your instructor"
"""Of a file of which no verdict could be made, for no fault of the student's."""


def score(part: Part, verdict: Verdict | None, *, partial: bool) -> float:
    """Points of one exercise: the weight of the checks that passed, as a part of all their weights."""
    if verdict is None:
        return 0.0
    if any(f.outcome != "passed" for f in verdict.findings if base_name(f.check) in _GATES):
        return 0.0
    checks = [f for f in verdict.findings if base_name(f.check) not in _GATES]
    weights = [part.weights.get(base_name(f.check), 1.0) for f in checks]
    whole = math.fsum(weights)
    if not checks or whole <= 0:
        return 0.0
    got = math.fsum(w for f, w in zip(checks, weights, strict=True) if f.outcome == "passed")
    if not partial and got < whole:
        return 0.0
    return round(part.points * got / whole, 6)


def part_result(part: Part, verdict: Verdict | None, *, partial: bool, handed_in: bool = False) -> PartResult:
    """The result of one exercise."""
    note = "" if verdict is not None else NOT_GRADED if handed_in else "nothing was handed in for it"
    return PartResult(part.exercise, score(part, verdict, partial=partial), part.points, verdict, note)


def days_late(assignment: Assignment, at: datetime | None, extension_days: float, *, marked_late: bool) -> int:
    """How many days late, each begun day counted; 0 when in time. A platform's mark without a date counts as one."""
    if at is None or assignment.due is None:
        return 1 if marked_late and extension_days <= 0 else 0
    # By the clock on the wall: a day later is the same time of day, whether clocks were changed in between or not.
    due = assignment.due + timedelta(days=extension_days)
    over = at.astimezone(UTC) - due.astimezone(UTC)
    if over <= timedelta(minutes=assignment.late.grace_minutes):
        return 0
    days = max(1, math.ceil(over / timedelta(days=1)))
    first = max(1, days - 1)
    return next((n for n in (first, first + 1) if at <= (due + timedelta(days=n)).astimezone(UTC)), first + 2)


def after_lateness(points: float, days: int, policy: Late) -> float:
    """What is left of the points."""
    if policy.days is not None and days > policy.days:
        return 0.0
    return round(points * (1.0 - min(policy.most, policy.per_day * days)), 6)
