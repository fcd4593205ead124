"""`tutor progress`: how far the learner is; export and import as one JSON file."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.commands.common import duration, session_of, shorter, when
from tutor.console import mark, note, paint, progress_bar, say, say_json

if TYPE_CHECKING:
    import argparse

    from tutor.progress.stats import Stats
    from tutor.session import Session


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--export", type=Path, metavar="FILE", help="write everything to a JSON file")
    what.add_argument("--import", type=Path, metavar="FILE", dest="merge", help="add what an exported file holds")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Print the numbers, or export or import."""
    with session_of(args) as session:
        if args.export is not None:
            from tutor.progress.exchange import export

            count = export(session.progress, args.export.expanduser())
            say(f"{count} records in {shorter(args.export.expanduser().absolute())}")
        elif args.merge is not None:
            from tutor.progress.exchange import merge

            count = merge(session.progress, args.merge.expanduser())
            say(f"{count} new records" if count else "Nothing new: all its records were here already.")
        elif args.json:
            say_json(asdict(session.stats()))
        else:
            _print(session, session.stats())
    return 0


def _print(session: Session, stats: Stats) -> None:
    say(f"{progress_bar(stats.passed, stats.total)}  {stats.passed} of {stats.total} exercises passed")
    for chapter in stats.chapters:
        say(f"  {chapter.id}  {chapter.title}: {chapter.passed} of {chapter.total}, {chapter.points} points")
    say(f"{stats.points} of {stats.possible} points, {stats.attempts} verdicts, {duration(stats.seconds)} of work")
    say(f"{_days(stats.streak)} in a row, {_days(stats.longest_streak)} at best")
    if stats.quiz_answered:
        say(f"{stats.quiz_right} of {stats.quiz_answered} quiz questions right")
    for attempt in stats.recent[:5]:
        sign = paint(mark("passed" if attempt.outcome == "passed" else "failed"), "dim")
        say(f"  {when(attempt.at)}  {sign} {attempt.exercise} {attempt.outcome}")
    _print_reviews(stats)
    following = session.next_exercise()
    if following is not None:
        note(f"Next: {following.id} (`tutor next`).")


def _print_reviews(stats: Stats) -> None:
    now = time.time()
    for review in stats.due:
        say(
            f"review {review.exercise}, due for {_days(int(review.overdue_days(now)))}: `tutor reset {review.exercise}`"
        )
    if stats.upcoming and not stats.due:
        say(f"next review: {stats.upcoming[0].exercise} on {when(stats.upcoming[0].due)[:10]}")


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"
