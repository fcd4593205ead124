"""`tutor hint`: hints one at a time, from a nudge to almost the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.commands.common import session_of
from tutor.console import note, paint, say, say_json, text_style

if TYPE_CHECKING:
    import argparse

    from tutor.session import Session


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("exercise", nargs="?", help="without one, the exercise that is next")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--all", action="store_true", help="all that are left")
    what.add_argument("--again", action="store_true", help="those you have seen; reveals none")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Reveal the next hint."""
    with session_of(args) as session:
        following = None if args.exercise else session.next_exercise()
        exercise_id = session.exercise(args.exercise).id if args.exercise else following.id if following else None
        if exercise_id is None:
            note("You have passed every exercise; name the one you want a hint for.")
            return 0
        hints, seen = session.hints(exercise_id), session.hints_shown(exercise_id)
        first, last = _range(args, seen, len(hints))
        for _ in range(seen, last):
            session.show_hint(exercise_id)
        if args.json:
            shown = [{"number": n + 1, "text": hints[n]} for n in range(first, last)]
            say_json({"exercise": exercise_id, "total": len(hints), "hints": shown})
        else:
            _print(session, exercise_id, hints, first, last)
    return 0


def _range(args: argparse.Namespace, seen: int, total: int) -> tuple[int, int]:
    """Which hints to print, as a range; when all were revealed before, all of them again."""
    if args.again:
        return 0, min(seen, total)
    if seen >= total:
        return 0, total
    return seen, total if args.all else seen + 1


def _print(session: Session, exercise_id: str, hints: tuple[str, ...], first: int, last: int) -> None:
    from tutor.text.plain import markdown_text

    for number in range(first, last):
        say(paint(f"{exercise_id}, hint {number + 1} of {len(hints)}", "bold"))
        say(markdown_text(hints[number], text_style()))
    if not hints:
        note(f"{exercise_id} has no hints; `tutor show {exercise_id}` is its task.")
    elif last < len(hints):
        note(f"{len(hints) - last} more: `tutor hint {exercise_id}`.")
    elif not session.may_see_solution(exercise_id):
        note(f"That was the last hint. `tutor solution {exercise_id} --give-up` shows the solution.")
