"""Numbers about the learner's work, computed from what the store holds. Pure functions; no clock of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from tutor.progress.review import Review, reviews

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tutor.model import Course, State
    from tutor.progress.store import Attempt, Event

_PAUSE = 600.0
"""Seconds after which two moments no longer belong to one sitting."""


@dataclass(frozen=True, slots=True)
class ChapterStats:
    """One chapter: how many of its exercises are passed, and their points."""

    id: str
    title: str
    passed: int
    total: int
    points: int
    possible: int


@dataclass(frozen=True, slots=True)
class Stats:
    """The learner's progress in numbers. Times in seconds, days as ISO dates."""

    passed: int
    total: int
    points: int
    possible: int
    chapters: tuple[ChapterStats, ...]
    attempts: int
    seconds: float
    """Time spent, estimated: pauses longer than ten minutes do not count."""
    streak: int
    """Days in a row, ending today or yesterday."""
    longest_streak: int
    days: dict[str, int]
    """Attempts and other events a day."""
    due: tuple[Review, ...]
    """Passed exercises to write again now, the one that waits longest first."""
    upcoming: tuple[Review, ...]
    recent: tuple[Attempt, ...]
    """The last attempts, newest first."""
    lessons: dict[str, int]
    """The furthest page read of each lesson."""
    quiz_right: int
    quiz_answered: int


def compute(
    course: Course,
    states: Mapping[str, State],
    attempts: list[Attempt],
    events: list[Event],
    *,
    now: float,
) -> Stats:
    """Put the numbers together; `now` is in seconds since 1970."""
    chapters = tuple(
        ChapterStats(
            id=chapter.id,
            title=chapter.title,
            passed=sum(states[e.id] == "passed" for e in chapter.exercises),
            total=len(chapter.exercises),
            points=sum(e.points for e in chapter.exercises if states[e.id] == "passed"),
            possible=sum(e.points for e in chapter.exercises),
        )
        for chapter in course.chapters
    )
    moments = sorted([a.at for a in attempts] + [e.at for e in events])
    days = _days(moments)
    known = {e.id for e in course.exercises}
    queue = [r for r in reviews(attempts, events) if r.exercise in known]
    answers = {e.subject: e.number for e in events if e.kind == "quiz"}
    pages: dict[str, int] = {}
    for event in events:
        if event.kind == "page":
            pages[event.subject] = max(event.number, pages.get(event.subject, 0))
    return Stats(
        passed=sum(c.passed for c in chapters),
        total=sum(c.total for c in chapters),
        points=sum(c.points for c in chapters),
        possible=sum(c.possible for c in chapters),
        chapters=chapters,
        attempts=len(attempts),
        seconds=time_spent(moments),
        streak=streak(days, date.fromtimestamp(now)),
        longest_streak=longest_streak(days),
        days={day.isoformat(): count for day, count in sorted(days.items())},
        due=tuple(r for r in queue if r.due <= now),
        upcoming=tuple(r for r in queue if r.due > now),
        recent=tuple(reversed(attempts[-20:])),
        lessons=pages,
        quiz_right=sum(bool(n) for n in answers.values()),
        quiz_answered=len(answers),
    )


def time_spent(moments: Iterable[float]) -> float:
    """Seconds between neighbouring moments, without the pauses; never negative, whatever the clock did."""
    ordered = sorted(moments)
    gaps = (later - earlier for earlier, later in pairwise(ordered))
    return sum(gap for gap in gaps if gap <= _PAUSE)


def streak(days: Mapping[date, int], today: date) -> int:
    """Days in a row up to today; a day that has only begun does not break it."""
    day = today if today in days else today - timedelta(days=1)
    length = 0
    while day in days:
        length, day = length + 1, day - timedelta(days=1)
    return length


def longest_streak(days: Mapping[date, int]) -> int:
    """The most days in a row ever."""
    starts = (day for day in days if day - timedelta(days=1) not in days)
    return max((_run(days, day) for day in starts), default=0)


def _run(days: Mapping[date, int], day: date) -> int:
    length = 0
    while day in days:
        length, day = length + 1, day + timedelta(days=1)
    return length


def _days(moments: Iterable[float]) -> dict[date, int]:
    days: dict[date, int] = {}
    for moment in moments:
        try:
            day = date.fromtimestamp(moment)
        except (OverflowError, ValueError, OSError):
            continue  # an imported file may hold any number
        days[day] = days.get(day, 0) + 1
    return days
