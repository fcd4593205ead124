"""Markdown as the app shows it outside of lessons: with formulas, as in lessons."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.widgets import Markdown


def prose(markdown: str, *, classes: str = "") -> Markdown:
    """A widget for a piece of Markdown; imported late, because Markdown costs the first paint 70 ms."""
    from tutor.tui.widgets.lesson_markdown import LessonMarkdown

    return LessonMarkdown(markdown, classes=classes)
