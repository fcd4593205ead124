"""Everything that was handed in: opens the class's folder or archive and gives one `Submission` for each attempt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from tutor.classroom.intake.commits import last_commit
from tutor.classroom.intake.files import (
    MAX_CLASS,
    Budget,
    File,
    UnreadableError,
    in_archive,
    in_folder,
    is_archive,
    is_other_archive,
    read_file,
    useless,
    wanted,
)
from tutor.classroom.intake.layout import Bundle, bare_name, is_download, split
from tutor.classroom.intake.pick import pick
from tutor.classroom.model import Submission
from tutor.model import Exercise, TutorError

MAX_STUDENTS = 20_000
_OURS = ("verdicts.jsonl", "similarity.html")
"""What lies in a folder that we wrote."""
_OUR_FOLDERS = ("students", "gradescope", "classroom50")


def collect(place: Path, exercises: Sequence[Exercise]) -> list[Submission]:
    """Read a folder or an archive of submissions; what is wrong with one of them is its own affair."""
    stems = frozenset(exercise.stub.stem for exercise in exercises)
    bundles = sorted(split(_in_class(place), stems), key=lambda bundle: (bundle.origin, bundle.attempt))
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


def _in_class(place: Path) -> list[File]:
    """The class's files; where nothing can be read of a student, a file that says why. Each has their own budget."""
    if not place.exists():
        raise TutorError(f"There is nothing at {place}. `--class` takes the folder with the submissions, or its zip.")
    if not place.is_dir():
        return _in_class_archive(place)
    return [file for entry in _entries(place) for file in _of_entry(entry)]


def _of_entry(entry: Path) -> list[File]:
    path, found = PurePosixPath(entry.name), []
    try:
        if not entry.is_dir():
            if wanted(path):
                return [read_file(entry, path, Budget())]
            return [useless(path)] if is_download(entry.name) else []
        for file in in_folder(entry, Budget()):
            found.append(replace(file, path=path / file.path))
    except UnreadableError as error:
        return [File(path / "?" if entry.is_dir() else path, b"", problem=str(error))]
    if found or _is_ours(entry):
        return found
    return [File(path / "?", b"", problem="it holds no Python file, notebook or archive", minor=True)]


def _is_ours(folder: Path) -> bool:
    """Whether an earlier grading wrote this folder of the class's folder; asked where there is no code in it."""
    inside = folder.name in _OUR_FOLDERS and (folder.parent / _OURS[0]).is_file()
    return inside or any((folder / name).is_file() for name in _OURS)


def _in_class_archive(place: Path) -> list[File]:
    budget = Budget(entries=MAX_STUDENTS * 50, total=2 * MAX_CLASS)
    try:
        data = read_file(place, PurePosixPath(place.name), budget, limit=MAX_CLASS).data
        files = list(in_archive(data, place.name, budget, everything=True))
    except UnreadableError as error:
        raise TutorError(f"{place} cannot be read as a class: {error}.") from error
    if {file.path.parts[0].casefold() for file in files} == {bare_name(place.name).casefold()}:
        files = [replace(f, path=PurePosixPath(*f.path.parts[1:])) for f in files if len(f.path.parts) > 1]
    return [file for file in files if not file.minor or len(file.path.parts) > 1 or is_download(file.path.name)]


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
    found = pick(_opened(bundle.files), exercises)
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
        if file.problem:
            yield file
        elif is_archive(file.path.name):
            try:
                for inner in in_archive(file.data, file.path.name, budget):
                    if not is_archive(inner.path.name) and not is_other_archive(inner.path.name):
                        yield inner
            except UnreadableError as error:
                yield File(file.path, b"", problem=str(error))
        elif is_other_archive(file.path.name):
            sentence = f"{file.path.name} is an archive of a kind that is not read; ask for zip or tar.gz"
            yield File(file.path, b"", problem=sentence, minor=True)  # data sets are handed in like that
        else:
            yield file


def _commit(folder: Path) -> tuple[str, datetime | None]:
    found = last_commit(folder) if folder.is_dir() else None
    return found or ("", None)
