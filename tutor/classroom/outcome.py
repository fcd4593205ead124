"""From a student's attempts and their verdicts to one result: which attempt counts, how late, how many points. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tutor.classroom import scoring
from tutor.classroom.model import Assignment, Result, State, Student, Submission
from tutor.model import Verdict


@dataclass(frozen=True, slots=True)
class Attempt:
    """A submission and its verdicts, by exercise."""

    submission: Submission
    verdicts: Mapping[str, Verdict]


def result_of(assignment: Assignment, student: Student, attempts: Sequence[Attempt]) -> Result:
    """The result of one student; `attempts` are in order."""
    if not attempts:
        return _scored(assignment, student, Attempt(Submission((student.key,), ""), {}), state="missing")
    most = assignment.attempts
    allowed = [a for a in attempts if most is None or a.submission.attempt <= most]
    if not allowed:
        return _scored(assignment, student, attempts[-1], state="too_many_attempts")
    scored = [_scored(assignment, student, attempt) for attempt in allowed]
    chosen = scored[-1] if assignment.count == "last" else max(scored, key=lambda result: result.points)
    notes, state = list(chosen.notes), chosen.state
    if len(allowed) < len(attempts):
        notes.append(f"{len(attempts) - len(allowed)} of {len(attempts)} attempts came after the last one allowed.")
    rivals = [a.submission for a in allowed if a.submission.attempt == chosen.attempt]
    if len(rivals) > 1:
        others = ", ".join(s.origin for s in rivals if s.origin != chosen.origin)
        notes.append(f"Several submissions at once: {chosen.origin} counts, not {others}.")
        state = "duplicate" if state in ("graded", "late") else state
    return replace(chosen, state=state, notes=tuple(notes))


def _scored(assignment: Assignment, student: Student, attempt: Attempt, *, state: State = "graded") -> Result:
    submission, late = attempt.submission, assignment.late
    parts = tuple(
        scoring.part_result(
            part,
            attempt.verdicts.get(part.exercise),
            partial=assignment.partial,
            handed_in=part.exercise in submission.sources,
        )
        for part in assignment.parts
    )
    earned = round(sum(part.points for part in parts), 6)
    marked = submission.marked_late
    days = scoring.days_late(assignment, submission.at, student.extension_days, marked_late=marked)
    points = scoring.after_lateness(earned, days, late)
    if submission.problem:
        state = "unreadable"
    elif state == "too_many_attempts":
        points = 0.0
    elif days:
        state = "too_late" if late.days is not None and days > late.days else "late"
    notes = (*filter(None, [submission.problem]), *submission.notes)
    return Result(
        student, state, parts, earned, points, assignment.points, days,
        submission.origin, submission.at, submission.commit, submission.attempt, notes,
    )  # fmt: skip
