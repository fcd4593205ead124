"""What a student may see of their findings, as the assignment releases it; hidden checks show an outcome and no more.

Every report that a student reads goes through here. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tutor.classroom.model import PartResult, Release, Result
from tutor.model import Finding, base_name

_LINE = re.compile(r"line (\d+)")

STATES = {
    "graded": "graded",
    "late": "handed in late",
    "missing": "nothing was handed in",
    "duplicate": "handed in several times at once",
    "unreadable": "could not be read",
    "too_late": "handed in too late to count",
    "too_many_attempts": "more attempts than allowed",
}
"""A result's state in words."""


@dataclass(frozen=True, slots=True)
class Item:
    """One check as a student sees it."""

    check: str
    sentence: str
    passed: bool
    outcome: str
    text: str = ""
    """What was wrong, several lines; empty when it passed or is not released."""
    line: int | None = None
    """Line of the student's file where it happened, if known."""


def items(part: PartResult, release: Release) -> list[Item]:
    """The checks of one exercise."""
    if part.verdict is None or release == "score":
        return []
    return [_item(finding, release) for finding in part.verdict.findings]


def _item(finding: Finding, release: Release) -> Item:
    passed = finding.outcome == "passed"
    text = "" if passed or finding.hidden or release != "full" else explain(finding)
    line = _LINE.findall(finding.traceback) if text else []
    return Item(
        base_name(finding.check), finding.sentence, passed, finding.outcome, text, int(line[-1]) if line else None
    )


def explain(finding: Finding) -> str:
    """Everything a finding says, in lines."""
    parts = [finding.message]
    if finding.diagnosis is not None:
        parts.append(finding.diagnosis.message)
    for name in ("input", "expected", "got", "difference", "traceback", "output"):
        value = getattr(finding, name)
        if value:
            parts.append(f"{name}: {value}" if "\n" not in value else f"{name}:\n{value}")
    return "\n".join(filter(None, parts))


def headline(result: Result) -> str:
    """How a student did, in one line."""
    points = f"{number(result.points)} of {number(result.possible)} points"
    late = f"{result.late_days} day{'s' * (result.late_days != 1)} late" if result.late_days else ""
    state = "" if late and result.state == "late" else STATES[result.state]
    return f"{points} ({', '.join(filter(None, (state, late)))})"


def number(value: float) -> str:
    """A number of points without needless zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
