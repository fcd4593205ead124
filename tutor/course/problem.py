"""What the content linter reports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tutor.model import CourseError
from tutor.text.nearest import shown


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing for an author to put right. `rule` is a word to search for, such as `formula` or `link`."""

    path: Path
    line: int | None
    rule: str
    message: str

    def __str__(self) -> str:
        if self.rule == "course":  # the message of a CourseError begins with its place
            return self.message
        return f"{shown(self.path, self.line)}: {self.rule}: {self.message}"


def problem_of(error: CourseError, path: Path) -> Problem:
    """Make a problem of an error that names its own place."""
    return Problem(path, None, "course", str(error))
