"""`tutor reset`: start exercises over. The former file is kept, so nothing has to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.commands.common import session_of, shorter
from tutor.console import say

if TYPE_CHECKING:
    import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("exercise", nargs="+", help="which to start over")


def run(args: argparse.Namespace) -> int:
    """Put fresh stubs in place."""
    with session_of(args) as session:
        for exercise in [session.exercise(name) for name in args.exercise]:
            backup = session.reset(exercise.id)
            kept = f"; your former file is {shorter(backup)}" if backup else ""
            say(f"{exercise.id}: fresh stub in {shorter(session.path(exercise.id))}{kept}")
    return 0
