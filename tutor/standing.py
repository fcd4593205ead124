"""How far each exercise is, in one rule; and the same, quickly, for `tutor list`, from an index of the course.

Reading a whole course costs more than a list may (DESIGN §9: 60 ms): parsing forty TOML files, making thirty
dataclasses. So the list leaves an index in the workspace, and while no file of the course has changed since, the index
and the database answer. Any doubt whatever means the slow way. Must load neither `tutor.model` nor dataclasses.
"""

from __future__ import annotations

import os

from tutor import __version__
from tutor.progress.queries import FURTHEST, SUMMARY, VERSION

TYPE_CHECKING = False  # see tutor.cli
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from tutor.model import Course, State
    from tutor.workspace import Workspace

_INDEX = "index.json"

Record = dict[str, object]
"""What `tutor list --json` prints of an exercise."""


def standing(*, passed: bool, given_up: bool, graded: bool, begun: Callable[[], bool]) -> State:
    """How far an exercise is; `begun` is only asked when nothing else tells."""
    if passed:
        return "passed"
    if given_up:
        return "given_up"
    if graded:
        return "failed"
    return "started" if begun() else "new"


def chapter_records(course: Course) -> list[dict[str, Any]]:
    """The part of a course that a list shows, as plain values."""
    keys = ("id", "title", "chapter", "level", "minutes", "framework", "points")
    return [
        {
            "id": chapter.id,
            "number": chapter.number,
            "title": chapter.title,
            "folder": chapter.folder,
            "exercises": [{**{k: getattr(e, k) for k in keys}, "needs": list(e.needs)} for e in chapter.exercises],
        }
        for chapter in course.chapters
    ]


def write_index(workspace: Workspace, course: Course) -> None:
    """Leave the index for the next list; a workspace that cannot be written to goes without."""
    import json

    from tutor.atomic import write_atomic
    from tutor.model import TutorError

    files = {
        e.id: [workspace.path(e).relative_to(workspace.root).as_posix(), workspace.manifest.stubs.get(e.id, "")]
        for e in course.exercises
    }
    if not all(stub for _, stub in files.values()):
        return  # without the hash of a stub only the course itself tells whether a file was edited
    index = {
        "key": _key(workspace.root, str(course.root)),
        "course": str(course.root),
        "chapters": chapter_records(course),
        "files": files,
        "renamed": {old: e.id for e in course.exercises for old in e.formerly},
    }
    try:
        write_atomic(workspace.hidden / _INDEX, json.dumps(index).encode())
    except (TutorError, OSError):
        return


def from_index(root: Path, course: Path | None) -> tuple[list[dict[str, Any]], dict[str, State]] | None:
    """The chapters and states of a workspace, or None when only the slow way knows."""
    import json
    import sqlite3

    try:
        with (root / ".tutor" / _INDEX).open("rb") as file:
            index = json.load(file)
        where = str(index["course"])
        if (course is not None and str(course.absolute()) != where) or index["key"] != _key(root, where):
            return None
        rows = _rows(root / ".tutor" / "progress.db")
        return index["chapters"], _states(root, index, *rows)
    except (OSError, ValueError, KeyError, TypeError, sqlite3.Error):
        return None


def _states(
    root: Path, index: dict[str, Any], summary: list[Any], given_up: list[Any], hints: list[Any]
) -> dict[str, State]:
    def now(name: str) -> str:
        return str(index["renamed"].get(name, name))

    passed = {now(name) for name, _, good in summary if good}
    graded, gave, hinted = ({now(row[0]) for row in rows} for rows in (summary, given_up, hints))
    return {
        name: standing(
            passed=name in passed,
            given_up=name in gave,
            graded=name in graded,
            begun=lambda name=name, file=file, stub=stub: name in hinted or _edited(root, file, stub),  # type: ignore[misc]  # mypy cannot infer a lambda with defaults
        )
        for name, (file, stub) in index["files"].items()
    }


def _edited(root: Path, file: str, stub: str) -> bool:
    import hashlib

    try:
        data = (root / file).read_bytes()
    except OSError:
        return False
    return hashlib.sha256(data).hexdigest() != stub


def _rows(path: Path) -> tuple[list[Any], ...]:
    import sqlite3

    if not path.exists():
        return [], [], []
    # An immutable or locked-out database is the slow way's business; so are damage and migrations.
    connection = sqlite3.connect(path, timeout=0.2)
    try:
        connection.execute("PRAGMA query_only = ON")
        if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            raise ValueError("another version")
        summary = connection.execute(SUMMARY).fetchall()
        return summary, *(connection.execute(FURTHEST, (kind,)).fetchall() for kind in ("give_up", "hint"))
    finally:
        connection.close()


def _key(root: Path, course: str) -> list[object]:
    """Changes when any file of the course, the workspace's manifest or the program does."""
    from zlib import crc32

    seen: list[object] = [_stamp((root / ".tutor" / "workspace.toml").stat())]
    for part in ("lessons", "exercises"):
        top = f"{course}/{part}"
        folders = [top, *sorted(entry.path for entry in os.scandir(top) if entry.is_dir())]
        for folder in folders:
            seen += sorted((entry.name, *_stamp(entry.stat())) for entry in os.scandir(folder) if entry.is_file())
    return [__version__, len(seen), crc32(repr(seen).encode())]


def _stamp(info: os.stat_result) -> tuple[int, int]:
    return info.st_mtime_ns, info.st_size
