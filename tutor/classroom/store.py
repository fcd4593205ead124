"""Verdicts on disk, one JSON line each, appended as they are made: what a killed run had finished is never lost.

A verdict is found again by what it depends on: the student's file, the exercises it builds on, the course's files, the
assignment's seed, device, limits and sandbox, and the versions of this program, torch and NumPy.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tutor import __version__
from tutor.atomic import make_folder, refusal
from tutor.classroom.model import Assignment
from tutor.grading.record import verdict_from_json, verdict_to_json
from tutor.model import Exercise, Verdict

FILE = "verdicts.jsonl"


class Store:
    """The verdicts of one output folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._known: dict[str, dict[str, Any]] = {}
        make_folder(folder)
        self._read()

    def _read(self) -> None:
        """Read what is there; a line that a crash cut off is passed over and overwritten by nothing."""
        try:
            data = self.path.read_bytes() if self.path.exists() else b""
        except OSError as error:
            raise refusal("read", self.path, error) from error
        for line in data.splitlines():
            try:
                record = json.loads(line)
                self._known[record["key"]] = record["verdict"]
            except (ValueError, KeyError, TypeError):
                continue
        self._torn = bool(data) and not data.endswith(b"\n")

    def get(self, key: str) -> Verdict | None:
        """The verdict under a key."""
        data = self._known.get(key)
        try:
            return None if data is None else verdict_from_json(data)
        except (KeyError, TypeError, ValueError, AttributeError):  # written by another version, or by hand
            del self._known[key]
            return None

    def add(self, records: Iterable[tuple[str, Verdict]]) -> None:
        """Append verdicts and hand them to the operating system at once."""
        self._append((key, verdict_to_json(verdict)) for key, verdict in records)

    def absorb(self, other: Store) -> None:
        """Append what another folder knows and this one does not, so that nothing of it is graded again."""
        self._append((key, data) for key, data in list(other._known.items()) if key not in self._known)

    def _append(self, records: Iterable[tuple[str, dict[str, Any]]]) -> None:
        lines = []
        for key, data in records:
            self._known[key] = data
            lines.append(json.dumps({"key": key, "verdict": data}, ensure_ascii=False))
        if not lines:
            return
        text = ("\n" if self._torn else "") + "".join(f"{line}\n" for line in lines)
        try:
            with self.path.open("ab") as file:
                file.write(text.encode("utf-8", "backslashreplace"))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise refusal("write", self.path, error) from error
        self._torn = False

    def forget(self, keys: Iterable[str]) -> None:
        """Grade these again; the old lines stay in the file as its history."""
        for key in keys:
            self._known.pop(key, None)


def key_of(
    assignment: Assignment,
    exercise: Exercise,
    needs: Mapping[str, Exercise],
    sources: Mapping[str, bytes],
    *,
    hidden: Path | None = None,
) -> str:
    """The key of a verdict on `sources[exercise.id]`; `needs` are the exercises it builds on, in order."""
    digest = hashlib.sha256()

    def put(*parts: bytes | str) -> None:
        for part in parts:
            data = part.encode() if isinstance(part, str) else part
            digest.update(len(data).to_bytes(8, "little") + data)

    limits = json.dumps(_plain(assignment), sort_keys=True)
    put(__version__, *_libraries(), limits, exercise.id, sources[exercise.id], _content(exercise))
    for name, need in needs.items():
        put(name, sources.get(name, b""), _content(need))
    put(b"" if hidden is None else hidden.read_bytes())
    return digest.hexdigest()


@cache
def _libraries() -> tuple[str, ...]:
    return tuple(version(name) for name in ("torch", "numpy"))


def _plain(assignment: Assignment) -> dict[str, object]:
    limits = {name: getattr(assignment.limits, name) for name in assignment.limits.__slots__}
    return {"seed": assignment.seed, "device": assignment.device, "sandbox": assignment.sandbox, "limits": limits}


@cache
def _content(exercise: Exercise) -> bytes:
    """A digest of everything of an exercise that can change a verdict."""
    digest = hashlib.sha256()
    for path in (exercise.task, exercise.checks, exercise.solution, exercise.variants):
        digest.update(path.read_bytes() if path.exists() else b"")
        digest.update(b"\0")
    return digest.digest()
