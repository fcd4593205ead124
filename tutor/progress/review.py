"""Spaced review: when a passed exercise should be written again from the empty stub. Pure functions.

An exercise is due a few days after it was passed. Writing it again (reset, then pass) moves it to the next, longer
interval; grading the same file again does not. The intervals follow the expanding schedule of Pimsleur (1967).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tutor.progress.store import Attempt, Event

INTERVALS = (2, 7, 21, 60, 180)
"""Days until the first, second, … review; after the last one it stays at the last interval."""

_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Review:
    """When an exercise should be written again; `done` reviews were made. Times are seconds since 1970."""

    exercise: str
    due: float
    done: int

    def overdue_days(self, now: float) -> float:
        """How many days it has been due; 0 when it is not yet, also when the clock was set back."""
        return max(0.0, now - self.due) / _DAY


def reviews(attempts: Iterable[Attempt], events: Iterable[Event]) -> list[Review]:
    """The next review of every exercise that was passed, the one due first in front."""
    moments = [(e.at, e.subject, "reset") for e in events if e.kind == "reset"]
    moments += [(a.at, a.exercise, a.outcome) for a in attempts]
    done: dict[str, int] = {}
    passed_at: dict[str, float] = {}
    fresh: set[str] = set()
    for at, exercise, what in sorted(moments, key=lambda moment: moment[0]):
        if what == "reset":
            fresh.add(exercise)
        elif what == "passed" and exercise not in passed_at:
            done[exercise], passed_at[exercise] = 0, at
            fresh.discard(exercise)
        elif what == "passed" and exercise in fresh:
            done[exercise], passed_at[exercise] = done[exercise] + 1, at
            fresh.discard(exercise)
    found = [Review(name, at + _interval(done[name]), done[name]) for name, at in passed_at.items()]
    return sorted(found, key=lambda review: (review.due, review.exercise))


def _interval(done: int) -> float:
    return INTERVALS[min(done, len(INTERVALS) - 1)] * _DAY
