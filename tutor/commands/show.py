"""`tutor show`: a lesson or an exercise's task as plain text that a screen reader can follow."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tutor.commands.common import session_or_course, shorter
from tutor.console import note, paint, say, say_json, text_style
from tutor.course.find import find_exercise, find_explorer, find_lab, find_lesson
from tutor.model import Course, CourseError, Exercise, Lesson, TutorError
from tutor.text.nearest import nearest

if TYPE_CHECKING:
    import argparse

    from tutor.session import Session
    from tutor.text.lesson import LessonDoc, Page


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("name", help="a lesson or an exercise: its id, its file's name or the beginning of it")
    parser.add_argument("--page", type=int, metavar="N", help="only this page of a lesson, from 1")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Print it; reading a lesson's page counts as read."""
    with session_or_course(args) as (session, course):
        part = _find(course, args.name)
        if isinstance(part, Lesson):
            _lesson(session, part, args.page, as_json=args.json)
        elif args.page is not None:
            raise TutorError(f"{part.id} is an exercise; only lessons have pages.")
        else:
            _exercise(session, part, as_json=args.json)
    return 0


def _find(course: Course, name: str) -> Lesson | Exercise:
    """A lesson or exercise; for labs and explorers, which cannot be printed, the command to use."""
    for lesson in course.lessons:
        if name.lower() == lesson.id:
            return lesson
    try:
        return find_exercise(course, name)
    except CourseError as error:
        if "more than one" in str(error):
            raise
    with contextlib.suppress(CourseError):
        return find_lesson(course, name)
    with contextlib.suppress(CourseError):
        raise TutorError(f"A lab is to be run, not read: `tutor lab {find_lab(course, name).id}`.")
    with contextlib.suppress(CourseError):
        raise TutorError(f"{find_explorer(course, name).title} is to be moved, not read: it opens in `tutor start`.")
    valid = [exercise.id for exercise in course.exercises] + [lesson.id for lesson in course.lessons]
    raise TutorError(f"There is no lesson or exercise called `{name}`{nearest(name.lower(), valid, '.')}")


def _exercise(session: Session | None, exercise: Exercise, *, as_json: bool) -> None:
    from tutor.text.plain import markdown_text
    from tutor.text.task import parse_task

    task = parse_task(exercise.task)
    path = str(session.path(exercise.id)) if session else None
    if as_json:
        keys = ("id", "title", "chapter", "level", "minutes", "framework", "points")
        record: dict[str, object] = {key: getattr(exercise, key) for key in keys}
        lists = {"needs": list(exercise.needs), "forbidden": list(exercise.forbidden), "hints": len(task.hints)}
        say_json({**record, **lists, "task": task.body, "path": path})
        return
    say(f"{paint(exercise.title, 'bold')}  ({exercise.id}, level {exercise.level}, {exercise.minutes} min)\n")
    say(markdown_text(task.body, text_style()), end="")
    if exercise.forbidden:
        say(f"\nNot allowed here: {', '.join(exercise.forbidden)}")
    if path:
        note(f"Your file: {shorter(path)}. Check it with `tutor grade {exercise.id}`; {len(task.hints)} hints.")


def _lesson(session: Session | None, lesson: Lesson, page: int | None, *, as_json: bool) -> None:
    from tutor.text.lesson import parse_lesson

    document = parse_lesson(lesson.path)
    count = len(document.pages)
    if page is not None and not 1 <= page <= count:
        raise TutorError(f"{lesson.id} has the pages 1 to {count}, not {page}.")
    first, last = (page - 1, page) if page else (0, count)
    if as_json:
        say_json(_record(lesson, document, first, last))
        return
    for number in range(first, last):
        _page(document.pages[number], f"{lesson.title}, page {number + 1} of {count}")
    if session is not None:
        session.mark_lesson(lesson.id, last - 1)
    if last < count:
        note(f"Next page: `tutor show {lesson.id} --page {last + 1}`.")


def _page(page: Page, head: str) -> None:
    from tutor.text.plain import page_text

    say(paint(f"[{head}]", "dim") + "\n")
    say(page_text(page, text_style()))


def _record(lesson: Lesson, document: LessonDoc, first: int, last: int) -> dict[str, object]:
    from tutor.text.plain import Style, page_text

    plain = Style(color=False)
    pages = [{"title": page.title, "text": page_text(page, plain)} for page in document.pages[first:last]]
    keys = ("id", "title", "chapter", "minutes")
    return {**{key: getattr(lesson, key) for key in keys}, "objectives": list(lesson.objectives), "pages": pages}
