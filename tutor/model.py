"""The words of the program as frozen dataclasses; this module does no input or output."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Framework = Literal["numpy", "torch"]
Outcome = Literal["passed", "failed", "error", "timeout", "not_run"]
"""`error`: the code raised or died; `not_run`: an earlier finding ended the run. Only `passed` is a pass."""

DEVICES = ("cpu", "cuda", "mps", "auto", "all")
"""What checks may be asked to run on: `auto` is the quickest there is, `all` every one there is."""

State = Literal["new", "started", "failed", "passed", "given_up"]


class TutorError(Exception):
    """A sentence for the user: what is wrong, where, and what to do. Commands turn it into exit code 2."""


class CourseError(TutorError):
    """The course's content is broken: names the file, the line or key, and the nearest valid name."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One Markdown file of a chapter. The text itself is read on demand by `tutor.text.lesson`."""

    id: str
    title: str
    chapter: str
    path: Path
    minutes: int
    objectives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exercise:
    """What the learner implements: a task, a stub, checks, a solution and variants."""

    id: str
    title: str
    chapter: str
    level: int
    minutes: int
    framework: Framework
    task: Path
    stub: Path
    checks: Path
    solution: Path
    variants: Path
    needs: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    points: int = 10
    formerly: tuple[str, ...] = ()
    """Earlier ids of this exercise: progress made under them counts."""


@dataclass(frozen=True, slots=True)
class Lab:
    """A training run with the learner's own code."""

    id: str
    title: str
    chapter: str
    path: Path
    uses: tuple[str, ...] = ()
    """Ids of the exercises whose functions the lab trains with."""


@dataclass(frozen=True, slots=True)
class Explorer:
    """A picture with knobs."""

    id: str
    title: str
    chapter: str
    path: Path


@dataclass(frozen=True, slots=True)
class Chapter:
    """A folder of lessons with the exercises, labs and explorers they use, in teaching order."""

    id: str
    number: int
    title: str
    summary: str
    folder: str
    lessons: tuple[Lesson, ...] = ()
    exercises: tuple[Exercise, ...] = ()
    labs: tuple[Lab, ...] = ()
    explorers: tuple[Explorer, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """A whole course; `root` holds `lessons/`, `exercises/` and `solutions/`."""

    id: str
    title: str
    version: str
    root: Path
    chapters: tuple[Chapter, ...]

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """Every exercise in teaching order."""
        return tuple(e for c in self.chapters for e in c.exercises)

    @property
    def lessons(self) -> tuple[Lesson, ...]:
        """Every lesson in teaching order."""
        return tuple(part for c in self.chapters for part in c.lessons)

    @property
    def labs(self) -> tuple[Lab, ...]:
        """Every lab in teaching order."""
        return tuple(part for c in self.chapters for part in c.labs)

    @property
    def explorers(self) -> tuple[Explorer, ...]:
        """Every explorer in teaching order."""
        return tuple(part for c in self.chapters for part in c.explorers)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The mistake that was recognised."""

    name: str
    """The rejected variant's title, or the generic diagnosis' name such as `transposed`."""
    message: str
    """What to tell the learner."""
    generic: bool = False


def base_name(check: str) -> str:
    """Give a check's name without the device or parameters it ran with."""
    return check.partition("[")[0]


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check. All strings are already escaped for a terminal and cut to a sane length."""

    check: str
    sentence: str
    outcome: Outcome
    seconds: float = 0.0
    message: str = ""
    """One line: what is wrong."""
    input: str = ""
    expected: str = ""
    got: str = ""
    difference: str = ""
    """Where they differ: first index, largest error, which axis, shape, dtype or gradient."""
    diagnosis: Diagnosis | None = None
    traceback: str = ""
    """The learner's own lines only."""
    output: str = ""
    """What the learner's code printed during this check."""
    draw: str = ""
    """Which draw failed, e.g. `draw 3 of 30, seed 7`."""
    hidden: bool = False
    """One of the instructor's hidden checks: it has a sentence and an outcome, and shows no values, text or time."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of grading one exercise."""

    exercise: str
    outcome: Outcome
    findings: tuple[Finding, ...]
    path: str
    sha256: str
    course: str
    course_version: str
    seed: int
    device: str
    seconds: float
    counted: bool = True
    """False for `--debug` and for a subset of the checks: such a verdict never enters the progress."""
    notes: tuple[str, ...] = ()
    """Sentences to show above the findings, e.g. that the course's own `data_iter` stood in."""
    limits: dict[str, str] = field(default_factory=dict)
    """What was enforced on this machine, e.g. `{"wall clock": "20 s", "network": "not enforced"}`."""
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """True when there is at least one check and every check passed."""
        return self.outcome == "passed"


@dataclass(frozen=True, slots=True)
class Need:
    """An exercise that another one builds on; without a source the course's own solution stands in."""

    exercise: str
    source: bytes | None


@dataclass(frozen=True, slots=True)
class Limits:
    """What one learner process may use. Seconds, bytes and counts."""

    check_seconds: float = 10.0
    verdict_seconds: float = 60.0
    cpu_seconds: float = 60.0
    memory: int = 4 << 30
    output: int = 64 << 10
    processes: int = 64
    file_size: int = 16 << 20


@dataclass(frozen=True, slots=True)
class Job:
    """One request to grade: the learner's file as bytes, against one exercise of a course on disk."""

    course_root: Path
    exercise: str
    source: bytes
    path: str
    needs: tuple[Need, ...] = ()
    seed: int = 0
    device: str = "cpu"
    checks: tuple[str, ...] = ()
    """Names of the checks to run; empty means all."""
    limits: Limits = field(default_factory=Limits)
    hidden: Path | None = None
    """A second file of checks, whose findings say whether they passed and nothing else. They run last."""
