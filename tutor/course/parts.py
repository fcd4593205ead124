"""Reads one lesson, exercise, lab or explorer of a course from its file. Imports and runs nothing of the course."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import cast, get_args

from tutor.model import CourseError, Exercise, Explorer, Framework, Lab, Lesson
from tutor.text.front import lesson_front
from tutor.text.frontmatter import read_front, read_text
from tutor.text.nearest import nearest, shown

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def file_stem(part_id: str) -> str:
    """The file name of an id: `softmax-backward` lies in `softmax_backward.py`."""
    return part_id.replace("-", "_")


def check_id(part_id: str, where: str) -> str:
    """Give the id back, or raise CourseError when it is not lower-case words joined by `-`."""
    if not _ID.fullmatch(part_id) or len(part_id) > 32:
        raise CourseError(f"{where}: `{part_id}` is not an id: lower-case words joined by `-`, at most 32 letters")
    return part_id


def read_lesson(path: Path, chapter: str) -> Lesson:
    """Read a lesson's front matter."""
    front = lesson_front(read_front(path))
    check_id(front.id, shown(path))
    return Lesson(front.id, front.title, chapter, path, front.minutes, front.objectives)


def read_exercise(root: Path, folder: str, chapter: str, exercise_id: str) -> Exercise:
    """Read an exercise's front matter and make sure that all its files are there."""
    stem = file_stem(exercise_id)
    here, solutions = root / "exercises" / folder, root / "solutions" / folder
    task, stub, checks = here / f"{stem}.md", here / f"{stem}.py", here / f"test_{stem}.py"
    solution, variants = solutions / f"{stem}.py", solutions / f"{stem}_variants.py"
    for path in (task, stub, checks, solution, variants):
        present(path, f"exercise `{exercise_id}`")
    table = read_front(task)
    if table.text("id") != exercise_id:
        raise table.error("id", f"must be `{exercise_id}`, as the chapter and the file's name say")
    exercise = Exercise(
        id=exercise_id,
        title=table.text("title"),
        chapter=chapter,
        level=table.integer("level", low=1, high=5),
        minutes=table.integer("minutes", low=1, high=600),
        framework=cast(Framework, table.one_of("framework", get_args(Framework))),
        task=task,
        stub=stub,
        checks=checks,
        solution=solution,
        variants=variants,
        needs=table.texts("needs"),
        forbidden=table.texts("forbidden"),
        points=table.integer("points", 10, low=0, high=1000),
        formerly=table.texts("formerly"),
    )
    table.finish()
    return exercise


def read_lab(folder: Path, chapter: str, lab_id: str) -> Lab:
    """Read a lab's TITLE and USES."""
    path = present(folder / f"lab_{file_stem(lab_id)}.py", f"lab `{lab_id}`")
    title, uses = constants(path, "TITLE", "USES")
    if not isinstance(uses, (tuple, list)) or not all(isinstance(item, str) for item in uses):
        raise CourseError(f'{shown(path)}: USES must be a tuple of exercise ids, like ("softmax", "data-iter")')
    return Lab(lab_id, _title(title, path), chapter, path, tuple(uses))


def read_explorer(folder: Path, chapter: str, explorer_id: str) -> Explorer:
    """Read an explorer's TITLE."""
    path = present(folder / f"explore_{file_stem(explorer_id)}.py", f"explorer `{explorer_id}`")
    (title,) = constants(path, "TITLE")
    return Explorer(explorer_id, _title(title, path), chapter, path)


def present(path: Path, owner: str) -> Path:
    """Give the path back, or raise CourseError naming the nearest file beside it."""
    if path.is_file():
        return path
    beside = [other.name for other in path.parent.glob(f"*{path.suffix}")]
    hint = nearest(path.name, beside)
    raise CourseError(f"{shown(path)}: this file of {owner} is missing{hint if 'mean' in hint else ''}")


def constants(path: Path, *names: str) -> list[object]:
    """Read module-level literal assignments such as `TITLE = "…"` without importing the module."""
    lines = read_text(path).split("\n")
    return [_constant(path, lines, name) for name in names]


def _constant(path: Path, lines: list[str], name: str) -> object:
    assignment = re.compile(rf"^{name}\s*(:[^=]+)?=(?!=)")
    for start, line in enumerate(lines):
        if assignment.match(line):
            return _literal(path, lines[start : start + 40], name, start + 1)
    raise CourseError(f"{shown(path)}: the module must set {name}, as a plain value at its left margin")


def _literal(path: Path, lines: list[str], name: str, number: int) -> object:
    """Evaluate a literal that may go on over some lines: take lines until they parse."""
    _, _, value = lines[0].partition("=")
    for more in lines[1:]:
        try:
            return ast.literal_eval(value.strip())
        except SyntaxError:
            value += "\n" + more
        except ValueError:
            break
    raise CourseError(f"{shown(path, number)}: {name} must be a plain text or a tuple of texts")


def _title(title: object, path: Path) -> str:
    if not isinstance(title, str) or not title.strip():
        raise CourseError(f"{shown(path)}: TITLE must be a text between quotes")
    return title
