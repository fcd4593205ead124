"""Who handed in what: submissions matched with the roster, and a shard's part of the class. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tutor.classroom.model import Student, Submission
from tutor.classroom.roster import Roster

HandedIn = list[tuple[Student, list[Submission]]]
"""Students by their keys, each with their attempts in order; a student of the roster may have none."""


def by_student(submissions: Iterable[Submission], roster: Roster | None) -> HandedIn:
    """Match; whoever is not on the roster is a student of their own, marked so."""
    known = {student.key: student for student in (roster.students if roster else ())}
    found: dict[str, list[Submission]] = {key: [] for key in known}
    for submission in submissions:
        student = roster.find(submission.who) if roster else None
        if roster and student and roster.find(submission.who, endings=False) is None:
            told = f"{submission.origin} was taken for {student.key}, since its name ends so."
            submission = replace(submission, notes=(*submission.notes, told))
        if student is None:
            student = _stranger(submission, known, on_roster=roster is None)
            known.setdefault(student.key, student)
        found.setdefault(student.key, []).append(submission)
    return [(known[key], sorted(found[key], key=_order)) for key in sorted(found)]


def shard_of(students: HandedIn, number: int, count: int) -> HandedIn:
    """The `number`-th of `count` parts of the class: the same whatever machine asks."""
    return students[number - 1 :: count]


def _stranger(submission: Submission, known: Mapping[str, Student], *, on_roster: bool) -> Student:
    """Somebody of whom only the submission is known."""
    key, name = submission.who[0], submission.who[min(1, len(submission.who) - 1)]
    if not on_roster:
        while key in known and known[key].on_roster:  # a name that fits two fits none, nor does it make a third of one
            key = submission.origin if key != submission.origin else f"{key} (?)"
            submission = replace(submission, origin=key)
    return Student(key=key, name=name, number=key if key.isdigit() else "", on_roster=on_roster)


def _order(submission: Submission) -> tuple[int, bool, float, str]:
    """Of several at once, one that can be read comes last and so counts."""
    at = submission.at.timestamp() if submission.at else 0.0
    return submission.attempt, not submission.problem, at, submission.origin
