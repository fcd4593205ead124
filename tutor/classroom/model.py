"""The words of class grading as frozen dataclasses: assignment, student, submission, result. No input or output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from tutor.model import Limits, Verdict

Release = Literal["full", "sentences", "score"]
"""What a student is shown: everything, the sentences of the checks that failed, or the points alone."""

State = Literal["graded", "late", "missing", "duplicate", "unreadable", "too_late", "too_many_attempts"]
"""Where a student's submission stands. `duplicate`: several were handed in at once; which counts is said."""


@dataclass(frozen=True, slots=True)
class Late:
    """What handing in late costs."""

    grace_minutes: float = 0.0
    per_day: float = 0.0
    """The part of the points (0 to 1) that each day begun costs."""
    most: float = 1.0
    """The largest part that is taken off."""
    days: int | None = None
    """After so many days a submission no longer counts; None: it always does."""


@dataclass(frozen=True, slots=True)
class Part:
    """One exercise of an assignment."""

    exercise: str
    points: float
    weights: Mapping[str, float] = field(default_factory=dict)
    """Weight of a check, by name; a check that is not named weighs 1."""
    hidden: Path | None = None
    """Further checks that students never see."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """What is to be handed in, when, and what it is worth."""

    id: str
    title: str
    parts: tuple[Part, ...]
    partial: bool = True
    """Points for each check; else all points of an exercise or none."""
    due: datetime | None = None
    late: Late = field(default_factory=Late)
    attempts: int | None = None
    """How many attempts a student has; None: as many as they like."""
    count: Literal["last", "best"] = "last"
    """Which of several attempts counts."""
    seed: int = 0
    device: str = "cpu"
    limits: Limits = field(default_factory=Limits)
    sandbox: str = "auto"
    release: Release = "full"

    @property
    def points(self) -> float:
        """What the whole assignment is worth."""
        return sum(part.points for part in self.parts)


@dataclass(frozen=True, slots=True)
class Student:
    """Somebody on the roster, or whom a submission names."""

    key: str
    """Unique in the class; names files and rows."""
    name: str
    email: str = ""
    username: str = ""
    number: str = ""
    """What the learning platform calls the ID."""
    section: str = ""
    extension_days: float = 0.0
    on_roster: bool = True


@dataclass(frozen=True, slots=True)
class Submission:
    """One attempt of somebody, as it was handed in."""

    who: tuple[str, ...]
    """What it calls its author, the surest first: number, user name, email, name."""
    origin: str
    """Where it was found, for people."""
    sources: Mapping[str, bytes] = field(default_factory=dict)
    """Exercise → the file as bytes."""
    paths: Mapping[str, str] = field(default_factory=dict)
    """Exercise → name of the file inside the submission."""
    at: datetime | None = None
    attempt: int = 1
    marked_late: bool = False
    """The platform says so without saying how late."""
    problem: str = ""
    """Why it cannot be read; empty when it can."""
    notes: tuple[str, ...] = ()
    commit: str = ""


@dataclass(frozen=True, slots=True)
class PartResult:
    """How one exercise went."""

    exercise: str
    points: float
    possible: float
    verdict: Verdict | None = None
    """None when nothing was handed in for it."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """How one student did."""

    student: Student
    state: State
    parts: tuple[PartResult, ...]
    earned: float
    """Points before anything is taken off for lateness."""
    points: float
    possible: float
    late_days: int = 0
    origin: str = ""
    at: datetime | None = None
    commit: str = ""
    attempt: int = 1
    notes: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Points as a part of what was possible, 0 to 1."""
        return self.points / self.possible if self.possible else 0.0


@dataclass(frozen=True, slots=True)
class Grading:
    """One grading of a whole class."""

    assignment: Assignment
    course: str
    course_version: str
    results: tuple[Result, ...]
    began: datetime
    seconds: float
    graded: int = 0
    """Verdicts that were made in this run; the others were known."""
    shard: str = ""
    notes: tuple[str, ...] = ()
