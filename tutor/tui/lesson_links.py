"""Where a link in a lesson leads: the web, another lesson, a task, or a page of the same lesson."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tutor.model import TutorError

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

    from tutor.model import Course, Lesson
    from tutor.text.lesson import LessonDoc
    from tutor.tui.messages import Opens


def follow(
    course: Course, lesson: Lesson, document: LessonDoc, href: str, opens: Opens, app: App[object]
) -> int | None:
    """Follow a link; gives the index of the page when it stays within the lesson."""
    path, _, anchor = href.partition("#")
    if re.match(r"[a-z]+:", href):
        app.open_url(href)
        return None
    if not path:
        return page_of(document, anchor)
    target = (lesson.path.parent / path).resolve()
    for other in course.lessons:
        if other.path.resolve() == target:
            _quietly(app, opens.open_lesson, other.id)
            return None
    for exercise in course.exercises:
        if target in (exercise.task.resolve(), exercise.stub.resolve()):
            _quietly(app, opens.open_exercise, exercise.id)
            return None
    app.notify(f"This link leads out of the course: {href}", severity="warning", markup=False)
    return None


def page_of(document: LessonDoc, anchor: str) -> int | None:
    """The page whose heading has this anchor, as GitHub makes anchors."""
    for index, page in enumerate(document.pages):
        slug = re.sub(r"[^\w\- ]", "", page.title.lower()).replace(" ", "-")
        if slug == anchor.lower():
            return index
    return None


def _quietly(app: App[object], open_it: Callable[[str], None], target: str) -> None:
    """Open a part; an error is shown, not raised, because a click has nobody to catch it."""
    try:
        open_it(target)
    except TutorError as error:
        app.notify(str(error), severity="error", markup=False)
