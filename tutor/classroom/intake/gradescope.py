"""What Gradescope tells of a submission in its `submission_metadata.json`: author, time, attempt, extension."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from tutor.classroom.model import Assignment, Submission
from tutor.model import TutorError


@dataclass(frozen=True, slots=True)
class Metadata:
    """The part of the file that decides about a grade."""

    who: tuple[str, ...]
    """Number, email and name of the author, or of the first of a group."""
    at: datetime | None
    attempt: int
    extension: timedelta
    """How much later than everybody's the author's due date is."""
    others: tuple[str, ...] = ()
    """The names of the rest of the group."""


def read_metadata(path: Path) -> Metadata:
    """Read the file; raises TutorError."""
    try:
        data = json.loads(path.read_bytes())
        users = [cast("dict[str, object]", user) for user in data.get("users") or []]
        first = users[0] if users else {}
        due, own = _due(data.get("assignment")), _due(first.get("assignment"))
        return Metadata(
            who=tuple(str(first[name]) for name in ("sid", "email", "name") if first.get(name)),
            at=_moment(data.get("created_at")),
            attempt=1 + len(data.get("previous_submissions") or []),
            extension=max(own - due, timedelta()) if own and due else timedelta(),
            others=tuple(str(user.get("name") or user.get("email")) for user in users[1:]),
        )
    except OSError as error:
        raise TutorError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise TutorError(f"{path} is no submission_metadata.json of Gradescope: {error}.") from error


def apply(metadata: Metadata, submission: Submission, assignment: Assignment) -> tuple[Submission, Assignment]:
    """The submission with its author, time and attempt, and the assignment with the author's due date.

    The assignment's own due date is everybody's; where it has none, lateness is Gradescope's affair.
    """
    notes = submission.notes
    if metadata.others:
        notes = (*notes, f"Handed in together with {', '.join(metadata.others)}.")
    found = replace(
        submission, who=metadata.who or submission.who, at=metadata.at, attempt=metadata.attempt, notes=notes
    )
    due = assignment.due
    return found, replace(assignment, due=due + metadata.extension if due is not None else None)


def _due(facts: object) -> datetime | None:
    return _moment(facts.get("due_date")) if isinstance(facts, dict) else None


def _moment(text: object) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return moment
