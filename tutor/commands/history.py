"""`tutor history`: every version the learner had checked; print, compare or restore one."""

from __future__ import annotations

import difflib
from dataclasses import asdict
from typing import TYPE_CHECKING

from tutor.commands.common import session_of, shorter, when
from tutor.console import mark, note, paint, say, say_json

if TYPE_CHECKING:
    import argparse

    from tutor.session import Session
    from tutor.versions import Version


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("exercise")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--restore", metavar="ID", help="put this version back; your present file is kept as a backup")
    what.add_argument("--diff", metavar="ID", nargs="?", const="", help="what changed since this version (or the last)")
    what.add_argument("--print", metavar="ID", dest="show", help="print this version")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Do what was asked for; by default list the versions."""
    with session_of(args) as session:
        exercise = session.exercise(args.exercise)
        if args.restore is not None:
            _restore(session, exercise.id, args.restore)
        elif args.show is not None:
            say(_text(session, session.version(exercise.id, args.show)), end="")
        elif args.diff is not None:
            return _diff(session, exercise.id, args.diff)
        elif args.json:
            say_json([asdict(version) for version in session.history(exercise.id)])
        else:
            _list(session, exercise.id)
    return 0


def _list(session: Session, exercise_id: str) -> None:
    versions = session.history(exercise_id)
    if not versions:
        note(f"No version of {exercise_id} was checked yet; `tutor grade {exercise_id}` keeps one each time.")
    for version in versions:
        sign = paint(mark("passed" if version.outcome == "passed" else "failed"), _color(version))
        row = f"{version.id}  {when(version.at)}  {sign} {version.outcome}, {version.passed} of {version.total} checks"
        say(row + ("  (your file now)" if version.current else ""))


def _restore(session: Session, exercise_id: str, version_id: str) -> None:
    version = session.version(exercise_id, version_id)
    backup = session.restore(exercise_id, version.sha256)
    kept = f"; your former file is {shorter(backup)}" if backup else ""
    say(f"{shorter(session.path(exercise_id))} is version {version.id} of {when(version.at)} again{kept}")


def _diff(session: Session, exercise_id: str, version_id: str) -> int:
    versions = session.history(exercise_id)
    if not version_id and not versions:
        note(f"No version of {exercise_id} was checked yet.")
        return 0
    version = session.version(exercise_id, version_id) if version_id else versions[-1]
    path = session.path(exercise_id)
    try:
        present = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        present = ""
    before = _text(session, version).splitlines()
    for line in difflib.unified_diff(before, present.splitlines(), version.id, shorter(path), lineterm=""):
        say(paint(line, *{"+": ("green",), "-": ("red",)}.get(line[:1], ())))
    return 0


def _text(session: Session, version: Version) -> str:
    return session.workspace.version(version.sha256).decode("utf-8", errors="replace")


def _color(version: Version) -> str:
    return "green" if version.outcome == "passed" else "red"
