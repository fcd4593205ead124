"""What a class finds hard: for each exercise and each check how many fail, and which diagnoses are common. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tutor.classroom.model import Grading
from tutor.model import Finding, base_name


@dataclass(frozen=True, slots=True)
class CheckStatistics:
    """One check over the class."""

    check: str
    sentence: str
    passed: int
    failed: int
    diagnoses: tuple[tuple[str, int], ...]
    """What was recognised, the most frequent first: message and how many."""
    messages: tuple[tuple[str, int], ...]
    """What was said where nothing was recognised."""


@dataclass(frozen=True, slots=True)
class ExerciseStatistics:
    """One exercise over the class."""

    exercise: str
    handed_in: int
    passed: int
    mean: float
    """Mean of points over possible points, 0 to 1, of those who handed it in."""
    checks: tuple[CheckStatistics, ...]


def exercise_statistics(grading: Grading, *, most: int = 3) -> list[ExerciseStatistics]:
    """Count; a check on several devices counts once a device."""
    return [_of_exercise(grading, part.exercise, most) for part in grading.assignment.parts]


def _of_exercise(grading: Grading, exercise: str, most: int) -> ExerciseStatistics:
    parts = [part for result in grading.results for part in result.parts if part.exercise == exercise]
    graded = [part for part in parts if part.verdict is not None]
    findings: dict[tuple[str, bool], list[Finding]] = {}  # a hidden check may be called like an open one
    for part in graded:
        assert part.verdict is not None
        for finding in part.verdict.findings:
            findings.setdefault((base_name(finding.check), finding.hidden), []).append(finding)
    checks = tuple(_of_check(name, found, most) for (name, _), found in findings.items())
    shares = [part.points / part.possible for part in graded if part.possible]
    passed = sum(part.verdict is not None and part.verdict.passed for part in graded)
    return ExerciseStatistics(exercise, len(graded), passed, sum(shares) / len(shares) if shares else 0.0, checks)


def _of_check(name: str, findings: list[Finding], most: int) -> CheckStatistics:
    failed = [f for f in findings if f.outcome != "passed"]
    diagnoses = Counter(f.diagnosis.message for f in failed if f.diagnosis is not None)
    messages = Counter(f.message for f in failed if f.diagnosis is None and f.message)
    return CheckStatistics(
        name, findings[0].sentence, len(findings) - len(failed), len(failed),
        tuple(diagnoses.most_common(most)), tuple(messages.most_common(most)),
    )  # fmt: skip
