"""`tutor next`: what to do next, and where it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.commands.common import session_of, shorter
from tutor.console import note, paint, say, say_json

if TYPE_CHECKING:
    import argparse

    from tutor.model import Exercise, Lesson
    from tutor.session import Session


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("exercise", nargs="?", help="the next one behind this")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Print the next exercise; nothing advances by itself."""
    with session_of(args) as session:
        after = session.exercise(args.exercise).id if args.exercise else None
        exercise = session.next_exercise(after)
        due = [review.exercise for review in session.stats().due]
        if args.json:
            say_json(_record(session, exercise, due))
        elif exercise is None:
            say("You have passed every exercise of this course.")
        else:
            _print(session, exercise)
        if due and not args.json:
            note(f"Due for review: {', '.join(due)} (`tutor reset {due[0]}`, then write it again).")
    return 0


def _print(session: Session, exercise: Exercise) -> None:
    say(f"{paint(exercise.id, 'bold')}  {exercise.title}  level {exercise.level}, {exercise.minutes} min")
    lesson = _unread(session, exercise)
    if lesson is not None:
        say(f"read   tutor show {lesson.id}  {lesson.title}")
    say(f"task   tutor show {exercise.id}")
    say(f"edit   {shorter(session.path(exercise.id))}")
    say(f"check  tutor grade {exercise.id}")


def _unread(session: Session, exercise: Exercise) -> Lesson | None:
    """The first lesson of the exercise's chapter that was never opened."""
    seen = session.progress.furthest("page")
    return next((x for x in session.course.lessons if x.chapter == exercise.chapter and x.id not in seen), None)


def _record(session: Session, exercise: Exercise | None, due: list[str]) -> dict[str, object]:
    if exercise is None:
        return {"exercise": None, "due": due}
    path = str(session.path(exercise.id))
    return {"exercise": exercise.id, "title": exercise.title, "chapter": exercise.chapter, "path": path, "due": due}
