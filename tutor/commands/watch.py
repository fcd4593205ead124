"""`tutor watch`: check an exercise each time it is saved, from any editor, until ctrl+c."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor import watch
from tutor.commands.common import session_of, shorter, tell_notices, when
from tutor.commands.grade import show
from tutor.console import note, say, say_json
from tutor.model import DEVICES, TutorError, Verdict

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable
    from pathlib import Path

    from tutor.model import Exercise, Finding
    from tutor.session import Session


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("exercise", nargs="*", help="which to watch; without any, whichever you save")
    parser.add_argument("--device", default="cpu", choices=DEVICES)
    parser.add_argument("--details", action="store_true", help="open every finding, not only the first")
    parser.add_argument("--json", action="store_true", help="one event a line, for programs")


def run(args: argparse.Namespace) -> int:
    """Watch until ctrl+c, which is how it is meant to end: exit code 0."""
    with session_of(args) as session:
        exercises = [session.exercise(name) for name in args.exercise] or list(session.course.exercises)
        files = {session.path(exercise.id): exercise for exercise in exercises}
        session.grader.warm()
        try:
            _begin(exercises, files, args)
            for change in watch.changes(files):
                _grade(session, files[change.path], change, args)
        except KeyboardInterrupt:
            session.cancel()
            note("Stopped watching.")
    return 0


def _begin(exercises: list[Exercise], files: dict[Path, Exercise], args: argparse.Namespace) -> None:
    what = shorter(next(iter(files))) if len(files) == 1 else f"{len(files)} exercises"
    note(f"Watching {what}. Save to check; ctrl+c ends. No change seen yet.")
    for path, exercise in files.items():
        if args.exercise and not path.exists():
            note(f"{shorter(path)} is not there: `tutor reset {exercise.id}` puts a fresh stub there.")
    if args.json:
        say_json({"event": "watching", "exercises": [exercise.id for exercise in exercises]})


def _grade(session: Session, exercise: Exercise, change: watch.Change, args: argparse.Namespace) -> None:
    if args.json:
        say_json({"event": "saved", "exercise": exercise.id, "path": str(change.path), "at": change.at})
    else:
        say(f"\n{when(change.at)}  change seen in {shorter(change.path)}")
    try:
        stream = session.grade(exercise.id, device=args.device)
        if args.json:
            _tell(stream, exercise)
        else:
            show(stream, exercise, everything=args.details)
    except TutorError as error:
        note(f"tutor: {error}")
    tell_notices(session)
    note(f"Watching; last change seen {when(change.at)}.")


def _tell(stream: Iterable[Finding | Verdict], exercise: Exercise) -> None:
    from tutor.grading.record import finding_to_json, verdict_to_json

    for item in stream:
        if isinstance(item, Verdict):
            say_json({"event": "verdict", **verdict_to_json(item)})
        else:
            say_json({"event": "finding", "exercise": exercise.id, **finding_to_json(item)})
