"""What the judge needs of a course: one exercise's files and front matter, found without loading the whole course."""

from __future__ import annotations

import ast
import functools
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tutor.model import CourseError, Exercise, Job


def find(root: Path, exercise: str) -> Exercise:
    """Find an exercise by its id; raises CourseError."""
    stem = exercise.replace("-", "_")
    for task in sorted((root / "exercises").glob(f"*/{stem}.md")):
        front = _front(task)
        folder = task.parent
        solutions = root / "solutions" / folder.name
        return Exercise(
            id=exercise,
            title=str(front.get("title", exercise)),
            chapter=folder.name,
            level=1,
            minutes=0,
            framework="torch" if front.get("framework") == "torch" else "numpy",
            task=task,
            stub=folder / f"{stem}.py",
            checks=folder / f"test_{stem}.py",
            solution=solutions / f"{stem}.py",
            variants=solutions / f"{stem}_variants.py",
            needs=_texts(front.get("needs")),
            forbidden=_texts(front.get("forbidden")),
        )
    raise CourseError(f"{root / 'exercises'} has no exercise {exercise!r}: there is no file {stem}.md in any chapter")


def _front(task: Path) -> dict[str, object]:
    parts = task.read_text(encoding="utf-8").split("+++", 2)
    if len(parts) < 3:
        raise CourseError(f"{task}: the front matter between two `+++` lines is missing")
    try:
        return tomllib.loads(parts[1])
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{task}: the front matter is not valid TOML: {error}") from None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def course_facts(root: Path) -> tuple[str, str]:
    """Give the course's id and version."""
    for path in (root / "lessons" / "course.toml", root / "course.toml"):
        if path.is_file():
            try:
                facts = tomllib.loads(path.read_text(encoding="utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise CourseError(f"{path}: not valid TOML: {error}") from None
            return str(facts.get("id", "")), str(facts.get("version", ""))
    return "", ""


def all_needs(root: Path, exercise: Exercise) -> tuple[Exercise, ...]:
    """Give what an exercise builds on, indirectly too, each after what it needs itself."""
    order: dict[str, Exercise] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise CourseError(f"exercise {name!r} needs itself: {' → '.join((*path, name))}")
        if name not in order:
            found = find(root, name)
            for need in found.needs:
                visit(need, (*path, name))
            order[name] = found

    for need in exercise.needs:
        visit(need, (exercise.id,))
    return tuple(order.values())


@functools.lru_cache(maxsize=256)
def public_names(source: bytes) -> tuple[str, ...]:
    """Give the functions and classes a file defines for others."""
    return tuple(dict.fromkeys(_public(ast.parse(source))))


def _public(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


def hidden_sentences(job: Job) -> tuple[tuple[str, str], ...]:
    """Give the same for a job's hidden checks; a job for some checks by name has none of them."""
    return () if job.hidden is None or job.checks else check_sentences(job.hidden)


def check_sentences(checks: Path) -> tuple[tuple[str, str], ...]:
    """Give name and sentence of every check without running the file."""
    try:
        return _sentences(checks.read_bytes())
    except (OSError, SyntaxError) as error:
        raise CourseError(f"{checks}: cannot be read: {error}") from None


@functools.lru_cache(maxsize=256)
def _sentences(source: bytes) -> tuple[tuple[str, str], ...]:
    found = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            text = ast.get_docstring(node) or node.name.removeprefix("test_").replace("_", " ")
            found.append((node.name, text.splitlines()[0]))
    return tuple(found)
