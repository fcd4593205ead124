"""Course texts for a plain terminal: append-only, at most 76 columns, readable aloud, with colour where there is some.

Loads neither Textual nor (without colour) rich.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from typing import TextIO

from tutor.text.lesson import LessonDoc, Live, Page, Prose
from tutor.text.plain.blocks import markdown_lines
from tutor.text.plain.style import Style, to_ascii
from tutor.text.quiz import Question, parse_quiz

__all__ = ["Style", "lesson_text", "markdown_text", "page_text", "print_markdown", "quiz_text", "style_for", "write"]

_PROBE = "─│√ᵢ²∑"
_VERBS = {"exercise": "Exercise", "lab": "Lab", "explore": "Explorer"}
_COMMANDS = {"exercise": "tutor show {}", "lab": "tutor lab {}", "explore": "open it in the app (tutor start)"}


def style_for(stream: TextIO | None = None, *, color: bool | None = None) -> Style:
    """Find out what a stream can show: colour on a terminal unless NO_COLOR is set, Unicode if its encoding has it."""
    stream = stream or sys.stdout
    if color is None:
        plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        color = stream.isatty() and not plain
    try:
        _PROBE.encode(getattr(stream, "encoding", None) or "utf-8")
        unicode = True
    except (UnicodeEncodeError, LookupError):
        unicode = False
    return Style(color=color, unicode=unicode)


def markdown_text(markdown: str, style: Style | None = None) -> str:
    """Write Markdown as text that ends with a line's end."""
    style = style or Style()
    return _joined(markdown_lines(markdown, style), style)


def page_text(page: Page, style: Style | None = None, describe: Callable[[Live], str] | None = None) -> str:
    """Write a page of a lesson; `describe` gives the line shown for a live part instead of the usual one."""
    style = style or Style()
    texts: list[str] = []
    for block in page.blocks:
        if isinstance(block, Prose):
            texts.append(markdown_text(block.markdown, style))
        elif block.kind == "quiz":
            texts.append(quiz_text(parse_quiz(block.body), style))
        else:
            line = (describe or _described)(block)
            texts.append(_joined([style.paint("strong", f"▶ {line}")], style))
    return "\n".join(texts)


def lesson_text(document: LessonDoc, style: Style | None = None, describe: Callable[[Live], str] | None = None) -> str:
    """Write a whole lesson: its title, what it teaches, and its pages."""
    style = style or Style()
    front = document.front
    aims = "".join(f"- {objective}\n" for objective in front.objectives)
    head = f"# {front.title}\n\n{front.minutes} minutes. After this lesson you can\n\n{aims}"
    return "\n".join([markdown_text(head, style), *(page_text(page, style, describe) for page in document.pages)])


def quiz_text(questions: Iterable[Question], style: Style | None = None, *, answers: bool = False) -> str:
    """Write quiz questions; with `answers` also which answer is right and why."""
    style = style or Style()
    texts = []
    for question in questions:
        parts = [f"**Question** {question.ask}"]
        if question.code:
            parts.append(f"```python\n{question.code.strip()}\n```")
        parts += [f"{letter}) {option.text}" for letter, option in zip("abcde", question.options, strict=False)]
        if answers:
            parts += _answers(question)
        texts.append(markdown_text("\n\n".join(parts), style))
    return "\n".join(texts)


def _answers(question: Question) -> list[str]:
    if question.kind != "choice":
        return [f"**Answer** `{question.answer.strip()}` – {question.why}"]
    marks = {True: "right", False: "wrong"}
    options = zip("abcde", question.options, strict=False)
    return [f"**{letter}) {marks[option.right]}** – {option.why}" for letter, option in options]


def _described(live: Live) -> str:
    return f"{_VERBS[live.kind]} {live.target}: {_COMMANDS[live.kind].format(live.target)}"


def _joined(lines: Iterable[str], style: Style) -> str:
    text = "".join(f"{line}\n" for line in lines)
    return text if style.unicode else to_ascii(text)


def write(text: str, stream: TextIO | None = None) -> None:
    """Write text to a stream whose encoding may lack some of its characters."""
    stream = stream or sys.stdout
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        text = to_ascii(text)
    stream.write(text)


def print_markdown(markdown: str, stream: TextIO | None = None, *, color: bool | None = None) -> None:
    """Print Markdown as the stream can show it."""
    write(markdown_text(markdown, style_for(stream, color=color)), stream)
