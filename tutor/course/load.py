"""Loads a course from disk into `tutor.model` dataclasses.

Reads front matter and manifests only, with the standard library, because `tutor list` waits for it. What the texts
hold (pages, quizzes, live parts) is checked by `tutor.course.validate`; nothing of the course is imported or run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TypeVar

from tutor.course.find import find_exercise, find_explorer, find_lab, find_lesson
from tutor.course.graph import check_graph, without
from tutor.course.parts import check_id, read_exercise, read_explorer, read_lab, read_lesson
from tutor.model import Chapter, Course, CourseError
from tutor.text.frontmatter import Table, parse_toml, read_text
from tutor.text.nearest import shown

__all__ = ["bundled_root", "find_exercise", "find_explorer", "find_lab", "find_lesson", "load_course"]

Name = TypeVar("Name")
Part = TypeVar("Part")

_FOLDER = re.compile(r"(\d\d)_[a-z0-9_]+")
_LESSON = re.compile(r"\d\d_[a-z0-9_]+\.md")


def bundled_root() -> Path:
    """The folder of the course that comes with the program: inside the installed package, or the repository."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_course"
    return inside if inside.is_dir() else package.parent


def load_course(root: Path) -> Course:
    """Load the course under `root`; raises CourseError naming file, key, what is wrong and the nearest valid name."""
    root = root.resolve()
    manifest = root / "lessons" / "course.toml"
    if not manifest.is_file():
        raise CourseError(f"{root} holds no course: the file lessons/course.toml is missing")
    table = parse_toml(read_text(manifest), manifest)
    course_id, title, version = check_id(table.text("id"), shown(manifest)), table.text("title"), table.text("version")
    table.texts("authors")
    table.text("licence", "")
    table.finish()
    left_out: set[str] = set()
    chapters = tuple(_chapter(root, folder, left_out) for folder in _folders(root))
    if not chapters:
        raise CourseError(f"{shown(manifest.parent)}: there is no chapter; make a folder such as 01_first_steps")
    course = without(Course(course_id, title, version, root, chapters), left_out)
    check_graph(course)
    return course


def _folders(root: Path) -> list[Path]:
    folders = sorted(path for path in (root / "lessons").iterdir() if path.is_dir() and path.name[0] not in "._")
    for folder in folders:
        if not _FOLDER.fullmatch(folder.name):
            raise CourseError(f"{shown(folder)}: a chapter's folder is named like 03_linear_classification")
    return folders


def _chapter(root: Path, folder: Path, left_out: set[str]) -> Chapter:
    manifest = folder / "chapter.toml"
    if not manifest.is_file():
        raise CourseError(f"{shown(manifest)}: the chapter's manifest is missing")
    table = parse_toml(read_text(manifest), manifest)
    chapter = check_id(table.text("id"), shown(manifest))
    title, summary = table.text("title"), table.text("summary")
    lists = {key: _ids(table, key) for key in ("exercises", "labs", "explorers")}
    skipped = left_out if table.flag("draft") else None  # of exercises, which others build on
    others = None if skipped is None else set[str]()
    table.finish()
    lessons = (path for path in sorted(folder.iterdir()) if _LESSON.fullmatch(path.name))
    return Chapter(
        id=chapter,
        number=int(folder.name[:2]),
        title=title,
        summary=summary,
        folder=folder.name,
        lessons=_each(lessons, lambda path: read_lesson(path, chapter), others),
        exercises=_each(lists["exercises"], partial(read_exercise, root, folder.name, chapter), skipped),
        labs=_each(lists["labs"], partial(read_lab, folder, chapter), others),
        explorers=_each(lists["explorers"], partial(read_explorer, folder, chapter), others),
    )


def _ids(table: Table, key: str) -> tuple[str, ...]:
    names = table.texts(key)
    for name in names:
        try:
            check_id(name, key)
        except CourseError as error:
            raise table.error(key, str(error).partition(": ")[2]) from None
    return names


def _each(names: Iterable[Name], read: Callable[[Name], Part], skipped: set[str] | None) -> tuple[Part, ...]:
    """Read the parts; those that a draft chapter lists but does not have yet go to `skipped`."""
    parts = []
    for name in names:
        try:
            parts.append(read(name))
        except CourseError:
            if skipped is None:
                raise
            skipped.add(str(name))
    return tuple(parts)
