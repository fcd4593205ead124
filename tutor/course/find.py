"""Finds a part of a course by what a person types: its id, its file's name, a former id, or a beginning of its id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from tutor.model import Course, CourseError, Exercise, Explorer, Lab, Lesson
from tutor.text.nearest import nearest


class _Part(Protocol):
    @property
    def id(self) -> str: ...


Part = TypeVar("Part", bound=_Part)


def find_exercise(course: Course, name: str) -> Exercise:
    """Find an exercise; raises CourseError with the nearest id."""
    wanted = _bare(name, "test_")
    for exercise in course.exercises:
        if wanted in exercise.formerly:
            return exercise
    return _find("exercise", course.exercises, wanted, name)


def find_lesson(course: Course, name: str) -> Lesson:
    """Find a lesson by its id (`l03-3`) or its file's name, with or without the number."""
    wanted = _bare(name)
    for lesson in course.lessons:
        stem = lesson.path.stem.replace("_", "-")
        if wanted in (stem, stem[3:]) and lesson.id != wanted:
            return lesson
    return _find("lesson", course.lessons, wanted, name)


def find_lab(course: Course, name: str) -> Lab:
    """Find a lab; the prefix `lab-` may be there or not."""
    return _find("lab", course.labs, _bare(name, "lab-"), name)


def find_explorer(course: Course, name: str) -> Explorer:
    """Find an explorer; the prefix `x-` may be there or not."""
    return _find("explorer", course.explorers, _bare(name, "x-", "explore-"), name)


def _bare(name: str, *prefixes: str) -> str:
    """Reduce a path or file name to the id it stands for."""
    last = name.strip().replace("\\", "/").rstrip("/").rpartition("/")[2]
    for suffix in (".py", ".md"):
        last = last.removesuffix(suffix)
    bare = last.lower().replace("_", "-")
    for prefix in prefixes:
        bare = bare.removeprefix(prefix.replace("_", "-"))
    return bare


def _find(kind: str, parts: Iterable[Part], wanted: str, typed: str) -> Part:
    by_id = {part.id: part for part in parts}
    if wanted in by_id:
        return by_id[wanted]
    begins = [part_id for part_id in by_id if wanted and part_id.startswith(wanted)]
    if len(begins) == 1:
        return by_id[begins[0]]
    if begins:
        names = ", ".join(f"`{part_id}`" for part_id in begins[:8])
        raise CourseError(f"`{typed}` is the beginning of more than one {kind}: {names}")
    raise CourseError(f"There is no {kind} called `{typed}`{nearest(wanted, by_id)}")
