"""Walks Markdown line by line and tells which lines lie in code fences, as CommonMark does for fences in column 0-3."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPEN = re.compile(r"^( {0,3})(`{3,}|~{3,})([^`]*)$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line outside of any fence."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Fence:
    """A whole code fence; `number` is the line that opens it, `raw` the fence with its marks."""

    number: int
    info: str
    body: str
    raw: str
    closed: bool = True


def walk(text: str, first_line: int = 1) -> Iterator[Line | Fence]:
    """Yield the lines and fences of a Markdown text in order."""
    lines = text.split("\n")
    i = 0
    while i < len(lines):
        opening = _OPEN.match(lines[i])
        if opening is None:
            yield Line(first_line + i, lines[i])
            i += 1
            continue
        end = _closing(lines, i + 1, opening[2])
        closed = end < len(lines)
        body = "\n".join(line.removeprefix(opening[1]) for line in lines[i + 1 : end])
        yield Fence(first_line + i, opening[3].strip(), body, "\n".join(lines[i : end + 1]), closed)
        i = end + 1


def _closing(lines: list[str], start: int, mark: str) -> int:
    closing = re.compile(rf"^ {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}\s*$")
    for i in range(start, len(lines)):
        if closing.match(lines[i]):
            return i
    return len(lines)
