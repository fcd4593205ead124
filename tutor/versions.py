"""Graded versions of the learner's files: which there are, and which of them other code may be built on.

Joins what the progress database knows (when, how it went) with what the workspace holds (the content).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.model import Exercise, TutorError
from tutor.workspace import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tutor.progress.store import Attempt, Progress
    from tutor.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Version:
    """A graded version of a learner's file; `id` is the beginning of its SHA-256."""

    id: str
    sha256: str
    at: float
    """When it was graded last, in seconds since 1970."""
    outcome: str
    passed: int
    total: int
    current: bool
    """True for what the learner's file holds now."""


@dataclass(frozen=True, slots=True)
class LabPart:
    """The code a lab trains with for one exercise: the learner's when it passed, else the course's solution."""

    exercise: str
    path: Path
    own: bool


def history(workspace: Workspace, progress: Progress, exercise: Exercise) -> list[Version]:
    """Each graded content once, the one graded last at the end; one pass makes a content passed."""
    current = _digest_of(workspace.path(exercise))
    latest: dict[str, Attempt] = {}
    for attempt in progress.attempts(exercise.id):
        before = latest.pop(attempt.sha256, None)
        if before is not None and before.outcome == "passed":
            attempt = replace(before, at=attempt.at)  # what passed once is not undone, e.g. by a busy machine's timeout
        latest[attempt.sha256] = attempt
    return [Version(sha[:10], sha, a.at, a.outcome, a.passed, a.total, sha == current) for sha, a in latest.items()]


def verified_version(workspace: Workspace, progress: Progress, exercise: Exercise) -> Version | None:
    """The version to build on: the present file when it passed as it is, else the last one that passed."""
    passed = [version for version in history(workspace, progress, exercise) if version.outcome == "passed"]
    return next((version for version in passed if version.current), passed[-1] if passed else None)


def verified_source(workspace: Workspace, progress: Progress, exercise: Exercise) -> bytes | None:
    """The content of the version to build on; None when none passed or its content is gone."""
    version = verified_version(workspace, progress, exercise)
    try:
        return workspace.version(version.sha256) if version else None
    except TutorError:
        return None  # thrown away or changed by hand: the course's solution stands in


def lab_part(workspace: Workspace, progress: Progress, exercise: Exercise) -> LabPart:
    """Where a lab finds the code of one exercise."""
    version = verified_version(workspace, progress, exercise)
    if version is None or verified_source(workspace, progress, exercise) is None:
        return LabPart(exercise.id, exercise.solution, own=False)
    path = workspace.path(exercise) if version.current else workspace.version_path(version.sha256)
    return LabPart(exercise.id, path, own=True)


def with_needs(exercises: Mapping[str, Exercise], names: Iterable[str]) -> list[str]:
    """These exercises and all they build on, directly or through others, each behind what it needs."""
    found: dict[str, None] = {}
    for name in names:
        found.update(dict.fromkeys((*with_needs(exercises, exercises[name].needs), name)))
    return list(found)


def _digest_of(path: Path) -> str:
    try:
        return digest(path.read_bytes())
    except OSError:
        return ""
