"""Splits a lesson file into pages, and pages into prose and live parts. Renders nothing, resolves no ids."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from tutor.model import CourseError
from tutor.text.fences import Fence, Line, walk
from tutor.text.front import LessonFront, lesson_front
from tutor.text.frontmatter import read_text, split
from tutor.text.nearest import shown

LiveKind = Literal["exercise", "lab", "explore", "quiz"]
_KINDS: tuple[LiveKind, ...] = get_args(LiveKind)


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown to read."""

    markdown: str
    line: int


@dataclass(frozen=True, slots=True)
class Live:
    """A part that does something: opens an exercise, lab or explorer (`target`), or asks a quiz (`body`)."""

    kind: LiveKind
    target: str
    body: str
    line: int


@dataclass(frozen=True, slots=True)
class Page:
    """What is shown at once. `line` is where it begins in the file and `lines` how long its source is."""

    title: str
    blocks: tuple[Prose | Live, ...]
    line: int
    lines: int


@dataclass(frozen=True, slots=True)
class LessonDoc:
    """A whole lesson."""

    front: LessonFront
    pages: tuple[Page, ...]


def parse_lesson(path: Path) -> LessonDoc:
    """Read a lesson file; raises CourseError with file and line."""
    table, body, first_line = split(read_text(path), path)
    front = lesson_front(table)
    pages = parse_pages(body, front.title, path, first_line)
    if not pages:
        raise CourseError(f"{shown(path)}: the lesson has no text after its front matter")
    return LessonDoc(front, pages)


def parse_pages(body: str, title: str, path: Path, first_line: int = 1) -> tuple[Page, ...]:
    """Split Markdown into pages at `##`; what comes before the first one is a page with the lesson's title."""
    pages: list[Page] = []
    parts: list[Line | Fence] = []
    page_title, page_line = title, first_line
    end = first_line + body.count("\n") + 1
    for part in walk(body, first_line):
        if isinstance(part, Line) and part.text.startswith("## "):
            pages += _page(page_title, parts, path, page_line, part.number)
            page_title, page_line, parts = part.text[3:].strip().rstrip("#").strip(), part.number, [part]
        else:
            parts.append(part)
    pages += _page(page_title, parts, path, page_line, end)
    return tuple(pages)


def _page(title: str, parts: list[Line | Fence], path: Path, line: int, end: int) -> list[Page]:
    blocks: list[Prose | Live] = []
    prose: list[str] = []
    prose_line = line

    def flush() -> None:
        if any(text.strip() for text in prose):
            blocks.append(Prose("\n".join(prose).strip("\n"), prose_line))
        prose.clear()

    for part in parts:
        live = _live(part, path) if isinstance(part, Fence) else None
        if live is not None:
            flush()
            blocks.append(live)
            continue
        text = part.raw if isinstance(part, Fence) else part.text
        if prose or text.strip():  # so that a line counted from `prose_line` is the line in the file
            prose_line = prose_line if prose else part.number
            prose.append(text)
    flush()
    return [Page(title, tuple(blocks), line, end - line)] if blocks else []


def _live(fence: Fence, path: Path) -> Live | None:
    """Turn a fence into a live part when its info string says so."""
    word, _, target = fence.info.partition(" ")
    kind = next((kind for kind in _KINDS if kind == word), None)
    if not fence.closed:
        raise CourseError(f"{shown(path, fence.number)}: this code fence is never closed")
    if kind is None:
        return None
    target = target.strip()
    if kind == "quiz":
        if target or not fence.body.strip():
            raise CourseError(f"{shown(path, fence.number)}: a `quiz` fence has no name and holds [[question]] tables")
    elif not target or " " in target or fence.body.strip():
        raise CourseError(f"{shown(path, fence.number)}: write `{kind} NAME` after the fence marks, and leave it empty")
    return Live(kind, target, fence.body, fence.number)
