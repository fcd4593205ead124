"""From verdicts to points, and from dates to what lateness costs. Pure: no files, no clock."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from tutor.classroom.model import Assignment, Late, Part, PartResult
from tutor.model import Verdict

_GATES = ("load", "allowed")
"""Findings that are no checks of their own: when one fails, the exercise is worth nothing."""


def base_name(check: str) -> str:
    """A check's name without the device it ran on."""
    return check.partition("[")[0]


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


def part_result(part: Part, verdict: Verdict | None, *, partial: bool) -> PartResult:
    """The result of one exercise."""
    note = "" if verdict is not None else "nothing was handed in for it"
    return PartResult(part.exercise, score(part, verdict, partial=partial), part.points, verdict, note)


def days_late(assignment: Assignment, at: datetime | None, extension_days: float, *, marked_late: bool) -> int:
    """How many days late, each begun day counted; 0 when in time. A platform's mark without a date counts as one."""
    if at is None or assignment.due is None:
        return 1 if marked_late and extension_days <= 0 else 0
    due = assignment.due + timedelta(days=extension_days)
    over = at - due
    if over <= timedelta(minutes=assignment.late.grace_minutes):
        return 0
    return max(1, math.ceil(over / timedelta(days=1)))


def after_lateness(points: float, days: int, policy: Late) -> float:
    """What is left of the points."""
    if policy.days is not None and days > policy.days:
        return 0.0
    return round(points * (1.0 - min(policy.most, policy.per_day * days)), 6)
