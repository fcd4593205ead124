"""Tells whose files are whose in folders, archives, single files and the downloads of Canvas, Moodle, Classroom 50."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from tutor.classroom.intake.files import File, is_archive, is_other_archive

_CANVAS = re.compile(
    r"(?:(?P<name>[^/]+?)_)??(?:(?P<late>LATE)_)?(?P<user>\d+|anon_[A-Za-z0-9]+)_"
    r"(?:\d+_(?P<file>[^/]+)|(?:text|link)\.html)"
)
"""Canvas: name (a group's, for group work), `LATE`, user, attachment, file; of anonymous work `anon_Ab3dE` alone."""
_CANVAS_ATTEMPT = re.compile(r"-(\d+)(?=\.\w+$)")
_MOODLE = re.compile(r"(?P<name>.+)_(?P<user>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>[^/]*)")
_ATTEMPT = re.compile(r"attempt[ _-]*(\d+)", re.IGNORECASE)


@dataclass(slots=True)
class Bundle:
    """What somebody handed in, before the exercises are looked for."""

    who: tuple[str, ...]
    origin: str
    """Name of the folder, archive or file in the class's folder."""
    files: list[File] = field(default_factory=list)
    attempt: int = 1
    marked_late: bool = False
    problem: str = ""


def split(files: Iterable[File], exercises: frozenset[str]) -> Iterator[Bundle]:
    """Group the files of a class by author, in the order of their names."""
    groups: dict[object, Bundle] = {}
    for file in files:
        for key, bundle, inner in _author(file, exercises):
            mine = groups.setdefault(key, bundle)
            mine.attempt = max(mine.attempt, bundle.attempt)
            mine.marked_late |= bundle.marked_late
            mine.files.append(replace(file, path=inner))
    prefix = _common_prefix([bundle.origin for bundle in groups.values()])
    for bundle in groups.values():
        if prefix and bundle.origin.startswith(prefix):
            bundle.who = (*bundle.who, bundle.origin[len(prefix) :])
        yield bundle


def _author(file: File, exercises: frozenset[str]) -> Iterator[tuple[object, Bundle, PurePosixPath]]:
    top, rest = file.path.parts[0], file.path.parts[1:]
    if match := _MOODLE.fullmatch(top):
        inner = PurePosixPath(*rest) if rest else PurePosixPath(match["file"] or top)
        yield ("moodle", match["user"]), Bundle((match["user"], match["name"]), top), inner
    elif not rest and (match := _CANVAS.fullmatch(top)):
        yield _canvas(match, exercises)
    elif rest:
        yield from _in_folder(top, rest)
    else:
        yield _alone(file.path, exercises)


def _canvas(match: re.Match[str], exercises: frozenset[str]) -> tuple[object, Bundle, PurePosixPath]:
    """`softmax-2.py` is the third upload of `softmax.py`; of `homework-2.py` nobody can tell."""
    name, file = match["file"] or "text.html", None
    tries = _CANVAS_ATTEMPT.search(name)
    if tries:
        file = _CANVAS_ATTEMPT.sub("", name)
        tries = tries if bare_name(file).replace("-", "_").lower() in exercises else None
    who = tuple(filter(None, (match["user"], match["name"])))
    bundle = Bundle(who, "_".join(reversed(who)), marked_late=match["late"] is not None)
    bundle.attempt = int(tries[1]) + 1 if tries else 1
    return ("canvas", match["user"]), bundle, PurePosixPath(file if tries and file else name)


def is_download(name: str) -> bool:
    """Tell whether Canvas or Moodle made this name, so that somebody handed it in, whatever it is."""
    return _CANVAS.fullmatch(name) is not None or _MOODLE.fullmatch(name) is not None


def _in_folder(top: str, rest: Sequence[str]) -> Iterator[tuple[object, Bundle, PurePosixPath]]:
    """A folder is a student; folders or archives called attempt_2 inside are attempts."""
    tries = _ATTEMPT.match(rest[0])
    number = int(tries[1]) if tries else 1
    inner = PurePosixPath(*rest[1:]) if tries and len(rest) > 1 else PurePosixPath(*rest)
    yield ("folder", top, number), Bundle((top,), top, attempt=number), inner


def _alone(path: PurePosixPath, exercises: frozenset[str]) -> tuple[object, Bundle, PurePosixPath]:
    """A single file: an archive is a student; `jane_softmax.py` is Jane's softmax; else the name is the student."""
    if is_archive(path.name) or is_other_archive(path.name):
        return ("file", path.name), Bundle((bare_name(path.name),), path.name), path
    plain = path.stem.replace("-", "_").lower()
    for stem in sorted(exercises, key=lambda stem: (-len(stem), stem)):  # binary_cross_entropy before cross_entropy
        if plain.endswith("_" + stem) and len(plain) > len(stem) + 1:
            student = path.stem[: -len(stem) - 1]
            return ("single", student), Bundle((student,), student), PurePosixPath(stem + path.suffix)
    only = next(iter(exercises)) if len(exercises) == 1 else path.stem
    return ("single", path.stem), Bundle((path.stem,), path.name), PurePosixPath(only + path.suffix)


def bare_name(name: str) -> str:
    """A file's name without its ending, of which `.tar.gz` has two."""
    stem = name.rpartition(".")[0] or name
    return stem[:-4] if stem.lower().endswith(".tar") else stem


def _common_prefix(names: Sequence[str]) -> str:
    """`cs-hw1-` of `cs-hw1-jane` and `cs-hw1-li`: Classroom 50 puts class and assignment before the user name."""
    if len(names) < 2:
        return ""
    first, last = min(names), max(names)
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    prefix = first[: first.rfind("-", 0, same) + 1]
    return prefix if prefix.count("-") >= 2 else ""  # else Anna Lee and Anna Roe would be Lee and Roe
