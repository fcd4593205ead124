"""Checks what only a whole course can show: ids used twice, needs that do not exist or go in a circle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from tutor.model import Course, CourseError, Exercise
from tutor.text.nearest import nearest, shown


def check_graph(course: Course) -> None:
    """Raise CourseError for the first id used twice, unknown need or use, or circle of needs."""
    manifests = [(c.id, Path("lessons") / c.folder / "chapter.toml") for c in course.chapters]
    _unique("chapter", manifests)
    _unique("lesson", ((part.id, part.path) for part in course.lessons))
    _unique("exercise", [(part.id, part.task) for part in course.exercises] + _former(course))
    _unique("lab", ((part.id, part.path) for part in course.labs))
    _unique("explorer", ((part.id, part.path) for part in course.explorers))
    known = {exercise.id: exercise for exercise in course.exercises}
    for exercise in course.exercises:
        _known(exercise.needs, known, exercise.task, "needs")
    for lab in course.labs:
        _known(lab.uses, known, lab.path, "USES")
    _circles(known)


def without(course: Course, left_out: set[str]) -> Course:
    """Drop the needs on parts that a draft chapter does not have yet."""
    if not left_out:
        return course

    def trimmed(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if name not in left_out)

    chapters = tuple(
        replace(
            chapter,
            exercises=tuple(replace(part, needs=trimmed(part.needs)) for part in chapter.exercises),
            labs=tuple(replace(part, uses=trimmed(part.uses)) for part in chapter.labs),
        )
        for chapter in course.chapters
    )
    return replace(course, chapters=chapters)


def _former(course: Course) -> list[tuple[str, Path]]:
    return [(name, part.task) for part in course.exercises for name in part.formerly]


def _unique(kind: str, parts: Iterable[tuple[str, Path]]) -> None:
    seen: dict[str, Path] = {}
    for part_id, path in parts:
        if part_id in seen:
            raise CourseError(f"{shown(path)}: the {kind} id `{part_id}` is taken by {shown(seen[part_id])}")
        seen[part_id] = path


def _known(names: tuple[str, ...], known: dict[str, Exercise], path: Path, key: str) -> None:
    for name in names:
        if name not in known:
            raise CourseError(f"{shown(path)}: `{key}` names no exercise with `{name}`{nearest(name, known)}")


def _circles(known: dict[str, Exercise]) -> None:
    """Walk the needs depth first, without recursion so that a long chain cannot exhaust the stack."""
    done: set[str] = set()
    for start in known:
        trail: list[str] = []
        todo = [(start, iter(known[start].needs))] if start not in done else []
        while todo:
            name, needs = todo[-1]
            if len(trail) < len(todo):
                trail.append(name)
            need = next(needs, None)
            if need is None:
                done.add(name)
                todo.pop()
                trail.pop()
            elif need in trail:
                circle = " → ".join([*trail[trail.index(need) :], need])
                raise CourseError(f"{shown(known[need].task)}: the needs go in a circle: {circle}")
            elif need not in done:
                todo.append((need, iter(known[need].needs)))
