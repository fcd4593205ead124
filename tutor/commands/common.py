"""What several commands share: opening the session, times and states in words, a yes-or-no question.

Owns no command.
"""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.console import note
from tutor.model import TutorError
from tutor.session import NoWorkspace, open_session

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from tutor.model import Course
    from tutor.session import Session


@contextlib.contextmanager
def session_of(args: argparse.Namespace) -> Iterator[Session]:
    """The session the options ask for; tells its notices, closes it whatever happens."""
    with open_session(args.course, args.workspace) as session:
        tell_notices(session)
        yield session
        tell_notices(session)


@contextlib.contextmanager
def session_or_course(args: argparse.Namespace) -> Iterator[tuple[Session | None, Course]]:
    """Like `session_of`, but without a workspace the course alone serves for reading."""
    with contextlib.ExitStack() as stack:
        try:
            session = stack.enter_context(session_of(args))
        except NoWorkspace:
            from tutor.course.load import bundled_root, load_course

            yield None, load_course(args.course or bundled_root())
        else:
            yield session, session.course


def tell_notices(session: Session) -> None:
    """Narrate what the session wants the learner to know."""
    for notice in session.take_notices():
        note(notice)


def when(at: float) -> str:
    """A moment in local time; imported files may hold any number."""
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))
    except (OverflowError, ValueError, OSError):
        return "at an unknown time"


def duration(seconds: float) -> str:
    """Hours and minutes, for people."""
    minutes = round(max(0.0, seconds) / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"


def confirm(question: str, otherwise: str) -> bool:
    """Ask on the terminal; raises TutorError saying `otherwise` when nobody can answer."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise TutorError(f"{question} Nobody can answer here: {otherwise}")
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def shorter(path: Path | str) -> str:
    """A path relative to the current folder or the home folder where that is shorter."""
    full = Path(path)
    with contextlib.suppress(ValueError, OSError, RuntimeError):
        for base, sign in ((Path.cwd(), ""), (Path.home(), "~/")):
            if full.is_relative_to(base):
                return sign + str(full.relative_to(base))
    return str(full)
