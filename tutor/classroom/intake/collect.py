"""Everything that was handed in: opens the class's folder or archive and gives one `Submission` for each attempt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from tutor.classroom.intake.commits import last_commit
from tutor.classroom.intake.files import (
    Budget,
    File,
    UnreadableError,
    in_archive,
    in_folder,
    is_archive,
    is_other_archive,
    read_file,
    wanted,
)
from tutor.classroom.intake.layout import Bundle, bare_name, split
from tutor.classroom.intake.pick import pick
from tutor.classroom.model import Submission
from tutor.model import Exercise, TutorError

MAX_STUDENTS = 20_000


def collect(place: Path, exercises: Sequence[Exercise]) -> list[Submission]:
    """Read a folder or an archive of submissions; what is wrong with one of them is its own affair."""
    stems = frozenset(exercise.stub.stem for exercise in exercises)
    files, broken = _in_class(place)
    bundles = sorted([*split(files, stems), *broken], key=lambda bundle: (bundle.origin, bundle.attempt))
    return [_submission(bundle, place, exercises) for bundle in bundles]


def collect_one(place: Path, exercises: Sequence[Exercise], who: str = "") -> Submission:
    """Read a folder, an archive or a file as one submission."""
    name = who or place.name
    bundle = Bundle((name,), place.name)
    try:
        if place.is_dir():
            bundle.files = list(in_folder(place, Budget()))
        else:
            bundle.files = [read_file(place, PurePosixPath(place.name), Budget())]
    except UnreadableError as error:
        bundle.problem = f"{error}."
    return _submission(bundle, place, exercises, whole=True)


def _in_class(place: Path) -> tuple[list[File], list[Bundle]]:
    """The class's files, and the students of whom nothing can be read; each student has a budget of their own."""
    if not place.exists():
        raise TutorError(f"There is nothing at {place}. `--class` takes the folder with the submissions, or its zip.")
    if not place.is_dir():
        return _in_class_archive(place), []
    files: list[File] = []
    broken = []
    for entry in _entries(place):
        try:
            found = _of_entry(entry)
        except UnreadableError as error:
            broken.append(Bundle((bare_name(entry.name),), entry.name, problem=f"{error}."))
        else:
            files += found
            if entry.is_dir() and not found:
                sentence = "it holds no Python file, notebook or archive."
                broken.append(Bundle((entry.name,), entry.name, problem=sentence))
    return files, broken


def _of_entry(entry: Path) -> list[File]:
    if entry.is_dir():
        top = PurePosixPath(entry.name)
        return [replace(file, path=top / file.path) for file in in_folder(entry, Budget())]
    path = PurePosixPath(entry.name)
    return [read_file(entry, path, Budget())] if wanted(path) else []


def _in_class_archive(place: Path) -> list[File]:
    budget = Budget(entries=MAX_STUDENTS * 50, total=4 << 30)
    try:
        return list(in_archive(read_file(place, PurePosixPath(place.name), budget).data, place.name, budget))
    except UnreadableError as error:
        raise TutorError(f"{place} cannot be read as a class: {error}.") from error


def _entries(place: Path) -> list[Path]:
    try:
        entries = sorted(
            entry for entry in place.iterdir() if not entry.name.startswith(".") and not entry.is_symlink()
        )
    except OSError as error:
        raise TutorError(f"{place} cannot be opened: {error.strerror or error}.") from error
    if len(entries) > MAX_STUDENTS:
        raise TutorError(f"{place} holds {len(entries):,} entries; a class has at most {MAX_STUDENTS:,}. Split it up.")
    return entries


def _submission(bundle: Bundle, place: Path, exercises: Sequence[Exercise], *, whole: bool = False) -> Submission:
    empty = Submission(bundle.who, bundle.origin, attempt=bundle.attempt, marked_late=bundle.marked_late)
    if bundle.problem:
        return replace(empty, problem=bundle.problem)
    try:
        files = list(_opened(bundle.files))
    except UnreadableError as error:
        return replace(empty, problem=f"{error}.")
    found = pick(files, exercises)
    commit, at = _commit(place if whole else place / bundle.origin)
    problem = "" if found.sources else "none of its files belongs to an exercise of this assignment."
    if not found.sources and found.notes:
        problem = found.notes[0]
    return replace(
        empty, sources=found.sources, paths=found.paths, notes=tuple(found.notes), commit=commit, at=at, problem=problem
    )


def _opened(files: Sequence[File]) -> Iterator[File]:
    """Plain files, and what is inside of archives; an archive inside of an archive is not opened."""
    budget = Budget()
    for file in files:
        if is_archive(file.path.name):
            for inner in in_archive(file.data, file.path.name, budget):
                if not is_archive(inner.path.name):
                    yield inner
        elif is_other_archive(file.path.name):
            raise UnreadableError(f"{file.path.name} is an archive of a kind that is not read; ask for zip or tar.gz")
        else:
            yield file


def _commit(folder: Path) -> tuple[str, datetime | None]:
    found = last_commit(folder) if folder.is_dir() else None
    return found or ("", None)
