"""Markdown as the app shows it outside of lessons: with formulas when the lesson widget can be had."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.widgets import Markdown


def prose(markdown: str, *, classes: str = "") -> Markdown:
    """A widget for a piece of Markdown; imported late, because Markdown costs the first paint 70 ms."""
    try:
        from tutor.tui.widgets.lesson_markdown import LessonMarkdown
    except ImportError:
        from textual.widgets import Markdown

        return Markdown(markdown, classes=classes, open_links=False)
    return LessonMarkdown(markdown, classes=classes)
