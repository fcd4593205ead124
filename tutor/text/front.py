"""The front matter of a lesson, apart from its pages: listing a course needs no more, and waits for every import."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.text.frontmatter import Table


@dataclass(frozen=True, slots=True)
class LessonFront:
    """The front matter of a lesson."""

    id: str
    title: str
    minutes: int
    objectives: tuple[str, ...]


def lesson_front(table: Table) -> LessonFront:
    """Read the front matter's keys."""
    front = LessonFront(
        id=table.text("id"),
        title=table.text("title"),
        minutes=table.integer("minutes", low=1, high=600),
        objectives=table.texts("objectives"),
    )
    table.finish()
    return front
