"""`tutor solution`: the course's solution, sealed until the learner has passed or given up."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from tutor.commands.common import confirm, session_of, shorter
from tutor.console import note, say

if TYPE_CHECKING:
    import argparse

    from tutor.session import Session


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("exercise")
    parser.add_argument("--give-up", action="store_true", help="unseal it before you passed")
    parser.add_argument("--yes", action="store_true", help="do not ask whether you are sure")
    parser.add_argument("--diff", action="store_true", help="beside your own file, as a diff from yours to it")


def run(args: argparse.Namespace) -> int:
    """Print the solution."""
    with session_of(args) as session:
        exercise = session.exercise(args.exercise)
        if args.give_up and not session.may_see_solution(exercise.id):
            left = len(session.hints(exercise.id)) - session.hints_shown(exercise.id)
            hints = f"{left} hints are left. " if left else ""
            if not args.yes and not confirm(
                f"{hints}Give up {exercise.id} and show its solution?", "add `--yes` if you are sure."
            ):
                note("Still sealed.")
                return 1
            session.give_up(exercise.id)
        text = session.solution(exercise.id)
        say(_difference(session, exercise.id, text) if args.diff else text, end="")
    return 0


def _difference(session: Session, exercise_id: str, solution: str) -> str:
    path = session.path(exercise_id)
    try:
        own = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        own = ""
    lines = difflib.unified_diff(own.splitlines(), solution.splitlines(), shorter(path), "solution", lineterm="")
    return "".join(line + "\n" for line in lines)
