"""Splits an exercise's `name.md` into the task and its hints."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tutor.model import CourseError
from tutor.text.fences import Line, walk
from tutor.text.frontmatter import read_text, split
from tutor.text.nearest import shown

_HINT = re.compile(r"^## Hint (\d+)\s*$")


@dataclass(frozen=True, slots=True)
class TaskDoc:
    """The task as Markdown and the hints from a nudge to almost the line."""

    body: str
    hints: tuple[str, ...]


def parse_task(path: Path) -> TaskDoc:
    """Read a task; raises CourseError when the hints are not numbered 1, 2, 3, … or are not the last sections."""
    _, text, first_line = split(read_text(path), path)
    sections: list[list[str]] = [[]]
    for part in walk(text, first_line):
        if isinstance(part, Line) and (found := _HINT.match(part.text)):
            if int(found[1]) != len(sections):
                raise CourseError(f"{shown(path, part.number)}: this should be `## Hint {len(sections)}`")
            sections.append([])
            continue
        if isinstance(part, Line) and part.text.startswith("## ") and len(sections) > 1:
            raise CourseError(f"{shown(path, part.number)}: the hints must be the last sections of a task")
        sections[-1].append(part.text if isinstance(part, Line) else part.raw)
    body, *hints = ("\n".join(lines).strip() for lines in sections)
    if not body:
        raise CourseError(f"{shown(path)}: the task has no text after its front matter")
    for number, hint in enumerate(hints, 1):
        if not hint:
            raise CourseError(f"{shown(path)}: hint {number} is empty")
    return TaskDoc(body, tuple(hints))
