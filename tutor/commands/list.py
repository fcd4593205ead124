"""`tutor list`: every exercise of the course and how far the learner is. Loads nothing that is slow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.commands.common import STATE_WORDS, session_or_course, state_mark
from tutor.console import note, paint, say, say_json
from tutor.model import TutorError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from tutor.model import Chapter, Course, Exercise, State


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("chapter", nargs="?", help="only this chapter, e.g. c03 or 3")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Print the list."""
    with session_or_course(args) as (session, course):
        states: Mapping[str, State] = session.states() if session else {e.id: "new" for e in course.exercises}
        chapters = [c for c in course.chapters if args.chapter in (None, c.id, c.folder, str(c.number))]
        if not chapters:
            names = ", ".join(c.id for c in course.chapters)
            raise TutorError(f"There is no chapter {args.chapter!r}; the chapters are {names}.")
        if args.json:
            say_json([_record(e, states[e.id]) for chapter in chapters for e in chapter.exercises])
            return 0
        for chapter in chapters:
            _print(chapter, course, states)
        if session is None:
            note("There is no workspace yet: `tutor start` makes one.")
    return 0


def _print(chapter: Chapter, course: Course, states: Mapping[str, State]) -> None:
    passed = sum(states[e.id] == "passed" for e in chapter.exercises)
    say(paint(f"{chapter.number}  {chapter.title}", "bold") + f"  {passed} of {len(chapter.exercises)} passed")
    ids = max((len(e.id) for e in course.exercises), default=0)
    titles = max((len(e.title) for e in course.exercises), default=0)
    for exercise in chapter.exercises:
        state = states[exercise.id]
        row = f"{exercise.id:<{ids}}  {exercise.title:<{titles}}  level {exercise.level}  {exercise.minutes:>3} min"
        say(f"  {state_mark(state)} {row}  {STATE_WORDS[state]}".rstrip())


def _record(exercise: Exercise, state: State) -> dict[str, object]:
    return {
        "id": exercise.id,
        "title": exercise.title,
        "chapter": exercise.chapter,
        "level": exercise.level,
        "minutes": exercise.minutes,
        "framework": exercise.framework,
        "points": exercise.points,
        "needs": list(exercise.needs),
        "state": state,
    }
