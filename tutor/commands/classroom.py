"""`tutor classroom`: compare two gradings, statistics, similarity, and files that set up grading elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tutor.console import note, paint, say
from tutor.text.escape import line

if TYPE_CHECKING:
    import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    import argparse

    kind = argparse.ArgumentParser  # not the program's own, which wants a description for each
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION", parser_class=kind)
    diff = actions.add_parser("diff", help="what changed between two gradings")
    diff.add_argument("before", type=Path)
    diff.add_argument("after", type=Path)
    statistics = actions.add_parser("statistics", help="what the class found hard")
    statistics.add_argument("grading", type=Path, help="folder of the reports")
    similar = actions.add_parser("similar", help="submissions that look alike (a hint, never a score)")
    similar.add_argument("place", type=Path, metavar="DIR", help="folder or zip with the submissions")
    similar.add_argument("--out", type=Path, default=Path("similarity"))
    similar.add_argument("--least", type=float, default=0.8, metavar="SHARE", help="how much must be alike (0.8)")
    init = actions.add_parser("init", help="write the files that grade in CI or on Gradescope")
    init.add_argument("--for", dest="target", required=True, choices=["github", "gitlab", "gradescope", "classroom50"])
    init.add_argument("--assignment", type=Path, help="assignment.toml to grade with")
    init.add_argument("folder", type=Path, nargs="?", default=Path())


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    return {"diff": _diff, "statistics": _statistics, "similar": _similar, "init": _init}[args.action](args)


def _diff(args: argparse.Namespace) -> int:
    from tutor.classroom.compare import compare
    from tutor.classroom.feedback import number
    from tutor.classroom.record import read_grading

    changes = compare(read_grading(args.before), read_grading(args.after))
    for change in changes:
        say(f"{line(change.student)}: {number(change.before)} → {number(change.after)}  {line(change.why)}")
    say(f"{len(changes)} student{'s' * (len(changes) != 1)} changed." if changes else "Nothing changed.")
    return 1 if changes else 0


def _statistics(args: argparse.Namespace) -> int:
    from tutor.classroom.record import read_grading
    from tutor.classroom.statistics import exercise_statistics

    for exercise in exercise_statistics(read_grading(args.grading)):
        passed = f"{exercise.passed} of {exercise.handed_in} passed, mean {100 * exercise.mean:.0f} %"
        say(f"{paint(exercise.exercise, 'bold')}  {passed}")
        for check in exercise.checks:
            say(f"  {check.failed:4d} failed  {line(check.sentence)}")
            for message, count in check.diagnoses or check.messages:
                say(f"              {count} × {line(message)}")
    return 0


def _similar(args: argparse.Namespace) -> int:
    from tutor.classroom.similarity import find_similar
    from tutor.course.load import bundled_root, load_course

    course = load_course(args.course or bundled_root())
    pairs = find_similar(args.place, course, args.out, least=args.least)
    for pair in pairs:
        say(f"{pair.share:.0%}  {pair.exercise}  {line(pair.first)}  {line(pair.second)}")
    note("A hint to look at, never a proof: short exercises have few ways to be right.")
    return 0


def _init(args: argparse.Namespace) -> int:
    from tutor.classroom.templates import write_template

    for path in write_template(args.target, args.folder, args.assignment):
        say(str(path))
    return 0
