"""`tutor list`: every exercise of the course and how far the learner is. Loads nothing that is slow."""

from __future__ import annotations

from pathlib import Path

from tutor.commands.marks import STATE_WORDS, state_mark
from tutor.console import fitted, note, paint, say, say_json
from tutor.locate import find_workspace, last_used
from tutor.standing import chapter_records, from_index, write_index

TYPE_CHECKING = False  # see tutor.cli
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from typing import Any

    from tutor.model import State

    Listing = tuple[list[dict[str, Any]], Mapping[str, State]]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("chapter", nargs="?", help="only this chapter, e.g. c03 or 3")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Print the list."""
    every, states = _quickly(args) or _thoroughly(args)
    chapters = [c for c in every if args.chapter in (None, c["id"], c["folder"], str(c["number"]))]
    if not chapters:
        from tutor.model import TutorError

        names = ", ".join(c["id"] for c in every)
        raise TutorError(f"There is no chapter {args.chapter!r}; the chapters are {names}.")
    if args.json:
        say_json([{**e, "state": states[e["id"]]} for chapter in chapters for e in chapter["exercises"]])
        return 0
    width = max((len(e["id"]) for c in every for e in c["exercises"]), default=0)
    for chapter in chapters:
        _print(chapter, states, width)
    return 0


def _quickly(args: argparse.Namespace) -> Listing | None:
    root = args.workspace.absolute() if args.workspace else find_workspace(Path.cwd())
    if root is None or root != last_used():  # the slow way remembers which was used last
        return None
    return from_index(root, args.course)


def _thoroughly(args: argparse.Namespace) -> Listing:
    from tutor.commands.common import session_or_course

    with session_or_course(args) as (session, course):
        if session is None:
            note("There is no workspace yet: `tutor start` makes one.")
            return chapter_records(course), {e.id: "new" for e in course.exercises}
        write_index(session.workspace, course)
        return chapter_records(course), session.states()


def _print(chapter: dict[str, Any], states: Mapping[str, State], width: int) -> None:
    exercises = chapter["exercises"]
    passed = sum(states[e["id"]] == "passed" for e in exercises)
    say(paint(f"{chapter['number']}  {chapter['title']}", "bold") + f"  {passed} of {len(exercises)} passed")
    for e in exercises:
        state = states[e["id"]]
        # The title stands last: it is the one part that may be cut off without a loss.
        row = f"{e['id']:<{width}}  {STATE_WORDS[state]:<8}  {e['minutes']:>3} min  {e['title']}"
        say(f"  {state_mark(state)} " + fitted(row, margin=4))
