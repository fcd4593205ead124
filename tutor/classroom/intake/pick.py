"""Finds the exercises in one submission's files: by name as in a workspace, else by what a file defines."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from tutor.classroom.intake.files import File, UnreadableError
from tutor.classroom.intake.notebook import notebook_source
from tutor.grading.material import public_names
from tutor.model import Exercise
from tutor.source import LARGEST

_COPY = re.compile(r"(?:[ _-]*\(\d+\)|-\d+|[ _-]copy(?:[ _-]?\d+)?)$", re.IGNORECASE)
"""What browsers and platforms append to a name: `softmax (1)`, `softmax-2`, `softmax copy`."""


@dataclass(slots=True)
class Found:
    """The files of one submission that will be graded."""

    sources: dict[str, bytes] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def pick(files: Iterable[File], exercises: Sequence[Exercise]) -> Found:
    """Choose a file for each exercise; a choice between several is noted, and so is a file too large to grade."""
    found, usable = Found(), []
    broken: list[str] = []
    minor: list[str] = []
    for file in files:
        if file.problem:
            (minor if file.minor else broken).append(f"{file.problem}.")
            continue
        try:
            usable.append(_as_python(file))
        except UnreadableError as error:
            found.notes.append(f"{error}.")
    stems = {exercise.stub.stem: exercise for exercise in exercises}
    named: dict[str, list[File]] = {}
    others = []
    for file in usable:
        exercise = stems.get(_stem(file.path))
        if exercise is None:
            others.append(file)
        else:
            named.setdefault(exercise.id, []).append(file)
    defined = {file.path: _names(file.data) for file in others}
    for exercise in exercises:
        candidates = named.get(exercise.id) or _by_definition(exercise, others, defined)
        if candidates:
            _choose(exercise, candidates, found)
    found.notes[:0] = broken[:5]
    if not found.sources:
        found.notes += minor[:3]
    return found


def _as_python(file: File) -> File:
    if file.path.suffix.lower() == ".ipynb":
        return File(file.path, notebook_source(file.data, str(file.path)), file.at)
    if len(file.data) > LARGEST:
        raise UnreadableError(f"{file.path} has {len(file.data) >> 10} KB; an exercise has at most {LARGEST >> 10} KB")
    return file


def _stem(path: PurePosixPath) -> str:
    stem = path.stem.strip().lower()
    while (shorter := _COPY.sub("", stem)) != stem:
        stem = shorter
    return stem.replace("-", "_").replace(" ", "_")


def _names(source: bytes) -> frozenset[str]:
    try:
        return frozenset(public_names(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()


def _by_definition(
    exercise: Exercise, files: Iterable[File], defined: Mapping[PurePosixPath, frozenset[str]]
) -> list[File]:
    """Files under other names, such as one for the whole homework, that define what the exercise asks for.

    Where no file defines all of it, the one that defines most, but at least half: the rest has checks that fail.
    """
    asked = _asked(exercise)
    found = {file.path: (len(asked & defined[file.path]), file) for file in files}
    most = max((count for count, _ in found.values()), default=0)
    return [file for count, file in found.values() if count == most and asked and 2 * count >= len(asked)]


def _asked(exercise: Exercise) -> frozenset[str]:
    try:
        tree = ast.parse(exercise.stub.read_bytes())
    except (OSError, SyntaxError):
        return frozenset()
    kinds = (ast.FunctionDef, ast.ClassDef)
    return frozenset(node.name for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_"))


def _choose(exercise: Exercise, candidates: Sequence[File], found: Found) -> None:
    home = (exercise.stub.parent.name, exercise.stub.name)

    def merit(file: File) -> tuple[bool, int, bool, str]:
        return file.path.parts[-2:] != home, len(file.path.parts), file.path.name != home[1], str(file.path)

    best, *rest = sorted(candidates, key=merit)
    different = [str(file.path) for file in rest if file.data != best.data]
    if different:
        found.notes.append(f"{exercise.id}: {best.path} was graded, not {', '.join(different[:3])}.")
    found.sources[exercise.id], found.paths[exercise.id] = best.data, str(best.path)
