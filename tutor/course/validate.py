"""Checks that the texts of a course hold together: pages, tasks and quizzes parse, and live parts resolve.

`load_course` does not do this, because it would read every text for every command.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tutor.course.find import find_exercise, find_explorer, find_lab
from tutor.model import Course, CourseError, Lesson
from tutor.text.lesson import LessonDoc, Live, parse_lesson
from tutor.text.nearest import nearest, shown
from tutor.text.quiz import Question, parse_quiz
from tutor.text.task import parse_task


def validate(course: Course) -> Iterator[CourseError]:
    """Yield one error for each text or live part that is broken."""
    for exercise in course.exercises:
        try:
            parse_task(exercise.task)
        except CourseError as error:
            yield error
    seen: dict[str, Path] = {}
    for lesson in course.lessons:
        try:
            document = parse_lesson(lesson.path)
        except CourseError as error:
            yield error
            continue
        yield from _live_parts(course, lesson, document, seen)


def live_parts(document: LessonDoc) -> Iterator[Live]:
    """Yield the live parts of a lesson in order."""
    for page in document.pages:
        yield from (block for block in page.blocks if isinstance(block, Live))


def questions(document: LessonDoc, path: Path) -> Iterator[Question]:
    """Yield the quiz questions of a lesson in order; raises CourseError when one is broken."""
    for live in live_parts(document):
        if live.kind == "quiz":
            yield from parse_quiz(live.body, path, live.line + 1)


def find_target(course: Course, live: Live) -> str:
    """Give the id of what a live part opens; raises CourseError with the nearest id."""
    if live.kind == "exercise":
        return find_exercise(course, live.target).id
    if live.kind == "lab":
        return find_lab(course, live.target).id
    return find_explorer(course, live.target).id


def _live_parts(course: Course, lesson: Lesson, document: LessonDoc, seen: dict[str, Path]) -> Iterator[CourseError]:
    for live in live_parts(document):
        try:
            if live.kind == "quiz":
                _quiz(lesson.path, live, seen)
            else:
                _resolve(course, lesson.path, live)
        except CourseError as error:
            yield error


def _quiz(path: Path, live: Live, seen: dict[str, Path]) -> None:
    for question in parse_quiz(live.body, path, live.line + 1):
        if question.id in seen:
            where = shown(seen[question.id])
            raise CourseError(f"{shown(path, live.line)}: the question id `{question.id}` is taken in {where}")
        seen[question.id] = path


def _resolve(course: Course, path: Path, live: Live) -> None:
    """A live part must name its target in full: what works by luck of a prefix today may be ambiguous tomorrow."""
    try:
        found = find_target(course, live)
    except CourseError as error:
        raise CourseError(f"{shown(path, live.line)}: {error}") from None
    if found != live.target:
        raise CourseError(f"{shown(path, live.line)}: no {live.kind} `{live.target}`{nearest(live.target, [found])}")
