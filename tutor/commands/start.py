"""`tutor start`: open the app; on first use make the workspace it works in."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.commands.common import shorter, tell_notices
from tutor.console import note
from tutor.locate import find_workspace
from tutor.model import TutorError
from tutor.session import open_session

if TYPE_CHECKING:
    import argparse

    from tutor.session import Session

SMALLEST = (40, 12)
"""Columns and rows below which nothing can be read in the app."""

DEFAULT_FOLDER = Path("~/tutor")

_PLAIN = "Without the app: `tutor init DIR`, `tutor next`, `tutor show EXERCISE`, `tutor watch`, `tutor hint EXERCISE`."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("name", nargs="?", help="open this exercise, lesson, lab or explorer at once")


def run(args: argparse.Namespace) -> int:
    """Open the app, or say why it cannot be and what to use instead."""
    if problem := unusable():
        raise TutorError(f"The app needs a terminal: {problem}. {_PLAIN}")
    with _session(args) as session:
        return _open(session, _known(session, args.name) if args.name else None)


def _known(session: Session, name: str) -> str:
    """What the app can open; raises for a name that nothing has, before the app takes the terminal."""
    from tutor.course.find import find_explorer, find_lab, find_lesson

    try:
        return session.exercise(name).id
    except TutorError:
        for find in (find_lesson, find_lab, find_explorer):
            with suppress(TutorError):
                find(session.course, name)
                return name
        raise


def unusable() -> str:
    """Why the app cannot run in this terminal, empty when it can."""
    if not _at_terminal():
        return "its input or output is not one"
    if os.environ.get("TERM", "") in ("dumb", "unknown") and sys.platform != "win32":
        return f"TERM={os.environ['TERM']} cannot place text freely"
    columns, rows = shutil.get_terminal_size()
    if columns < SMALLEST[0] or rows < SMALLEST[1]:
        return f"this one has {columns}×{rows} characters, and {SMALLEST[0]}×{SMALLEST[1]} is the least"
    return ""


def _at_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _line() -> str:
    return sys.stdin.readline()


def _open(session: Session, name: str | None) -> int:
    from tutor.tui.app import TutorApp

    app = TutorApp(session, open=name)
    app.run()
    tell_notices(session)
    return app.return_code or 0


def _session(args: argparse.Namespace) -> Session:
    """The session; without any workspace the learner is asked where to make one."""
    root = args.workspace or find_workspace(Path.cwd())
    if root is not None:
        return open_session(args.course, root, create=args.workspace is not None)
    while True:
        folder = _ask()
        try:
            session = open_session(args.course, folder, create=True)
        except TutorError as error:
            note(f"tutor: {error}")
            continue
        note(f"Your exercises are in {shorter(folder)}.")
        return session


def _ask() -> Path:
    note("Your own copies of the exercises need a folder; the course itself is never edited.")
    sys.stderr.write(f"Which folder? [{DEFAULT_FOLDER}] ")
    sys.stderr.flush()
    answer = _line()
    if not answer:
        raise KeyboardInterrupt  # ctrl+d is a way to leave, like ctrl+c
    return Path(answer.strip() or DEFAULT_FOLDER).expanduser().absolute()
