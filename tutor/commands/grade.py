"""`tutor grade`: check exercises and say what is wrong.

Exit code: 0 when all passed, 1 when a check failed, 2 when a file could not be graded at all.
"""

from __future__ import annotations

import re
import threading
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.commands import grade_class
from tutor.commands.common import session_of, tell_notices
from tutor.commands.report import Report
from tutor.console import note, paint, say, say_json
from tutor.model import DEVICES, Exercise, TutorError, Verdict
from tutor.text.nearest import nearest

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from tutor.model import Finding
    from tutor.session import Session

_PATIENCE = 3.0
"""Seconds without a finding after which it is said what is waited for."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("exercise", nargs="*", help="which to check; without any, the one you saved last")
    parser.add_argument("--all", action="store_true", help="every exercise you have begun")
    parser.add_argument("--file", type=Path, help="check this file instead of the workspace's (one exercise)")
    parser.add_argument("--check", action="append", default=[], metavar="NAME", help="only this check; may be repeated")
    parser.add_argument("--seed", type=int, default=None, help="for the draws; the same seed gives the same verdict")
    parser.add_argument("--device", default="cpu", choices=DEVICES)
    parser.add_argument(
        "--sandbox",
        default="auto",
        choices=["strict", "auto", "off"],
        help="strict: run nothing unless all of it is enforced; auto: enforce what this machine can; off: limits only",
    )
    parser.add_argument("--debug", action="store_true", help="in one process, so that breakpoint() works; never counts")
    parser.add_argument("--details", action="store_true", help="open every finding, not only the first")
    parser.add_argument("--json", action="store_true", help="one verdict a line, for programs")
    grade_class.arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Grade and print; one exercise that cannot be graded does not keep the others from it."""
    if args.exercise[:1] == ["merge"]:
        return grade_class.merge(args)
    if args.place is not None or args.submission is not None:
        return grade_class.run(args)
    with session_of(args) as session:
        chosen = _chosen(session, args)
        checks = _checks([exercise for exercise, _ in chosen], args.check)
        session.grader.mode = args.sandbox
        session.grader.warm()
        codes = [_one(session, exercise, path, checks, args) for exercise, path in chosen]
        tell_notices(session)
        if len(chosen) == 1 and codes[0] < 2 and not args.json:
            _what_now(session, chosen[0][0], passed=codes[0] == 0)
    return max(codes)


def _one(
    session: Session, exercise: Exercise, path: Path | None, checks: tuple[str, ...], args: argparse.Namespace
) -> int:
    try:
        if args.debug:
            verdict = _debug(session, exercise, path, checks, args)
        else:
            stream = session.grade(exercise.id, device=args.device, seed=args.seed, checks=checks, path=path)
            verdict = show(stream, exercise, as_json=args.json, everything=args.details)
    except TutorError as error:
        note(f"tutor: {error}")
        return 2
    if path is not None and path.resolve() != session.path(exercise.id).resolve():
        note(f"Not saved: {path} is not your workspace's file of {exercise.id}.")
    return 0 if verdict.passed else 1


def _what_now(session: Session, exercise: Exercise, *, passed: bool) -> None:
    if not passed:
        left = len(session.hints(exercise.id)) - session.hints_shown(exercise.id)
        if left > 0:
            note(f"Stuck? `tutor hint {exercise.id}` ({left} left).")
        return
    for lab in session.course.labs:
        if exercise.id in lab.uses:
            note(f"Put it to work: `tutor lab {lab.id}` trains with your {exercise.id}.")
    following = session.next_exercise(exercise.id)
    note(f"Next: {following.id}, {following.title}." if following else "That was the last: every exercise is passed.")


def show(
    stream: Iterable[Finding | Verdict], exercise: Exercise, *, as_json: bool = False, everything: bool = False
) -> Verdict:
    """Print findings as they come and then the verdict, which is returned."""
    if as_json:
        return _show_json(stream)
    report = Report(everything=everything)
    waiting = threading.Timer(_PATIENCE, note, ["Starting the grader: it imports torch once."])
    waiting.daemon = True
    waiting.start()
    try:
        first = next(iterator := iter(stream))
    finally:
        waiting.cancel()
    say(f"{paint(exercise.id, 'bold')}  {exercise.title}")
    for item in chain([first], iterator):
        if isinstance(item, Verdict):
            report.verdict(item)
            return item
        report.finding(item)
    raise RuntimeError(f"the grader ended without a verdict on {exercise.id}")


def _show_json(stream: Iterable[Finding | Verdict]) -> Verdict:
    from tutor.grading.record import verdict_to_json

    verdict = next(item for item in stream if isinstance(item, Verdict))
    say_json(verdict_to_json(verdict))
    return verdict


def _debug(
    session: Session, exercise: Exercise, path: Path | None, checks: tuple[str, ...], args: argparse.Namespace
) -> Verdict:
    from tutor.grading.client import debug

    note("One process, no limits: a verdict to look around in, which does not count. ctrl+d leaves the debugger.")
    verdict = debug(session.job(exercise.id, device=args.device, seed=args.seed, checks=checks, path=path))
    return show([*verdict.findings, verdict], exercise, as_json=args.json, everything=args.details)


def _chosen(session: Session, args: argparse.Namespace) -> list[tuple[Exercise, Path | None]]:
    """The exercises with the files to grade instead of the workspace's own."""
    named = [(session.exercise(name), args.file or _named_file(name)) for name in args.exercise]
    if args.file is not None and len(named) != 1:
        raise TutorError("`--file` needs exactly one exercise: `tutor grade softmax --file my.py`.")
    if args.all:
        states = session.states()
        begun = [e for e in session.course.exercises if states[e.id] != "new"]
        if not begun:
            raise TutorError("You have not begun any exercise yet; `tutor next` says where to begin.")
        return [(exercise, None) for exercise in begun]
    return named or [(_saved_last(session), None)]


def _named_file(name: str) -> Path | None:
    """The file meant by an exercise named by a path, e.g. `../old/softmax.py`; a bare name means the workspace's."""
    path = Path(name).expanduser()
    return path if path.suffix == ".py" and (path.exists() or len(path.parts) > 1) else None


def _saved_last(session: Session) -> Exercise:
    edited = [e for e in session.course.exercises if session.workspace.edited(e)]
    if not edited:
        raise TutorError("Which exercise? You have not edited any yet; `tutor next` says where to begin.")
    latest = max(edited, key=lambda e: session.workspace.path(e).stat().st_mtime)
    note(f"Checking {latest.id}, which you saved last.")
    return latest


def _checks(exercises: list[Exercise], names: list[str]) -> tuple[str, ...]:
    """The full names of the checks that were asked for; `rows_sum_to_one` stands for `test_rows_sum_to_one`."""
    if not names:
        return ()
    text = "\n".join(exercise.checks.read_text(encoding="utf-8") for exercise in exercises)
    known = re.findall(r"^def (test_\w+)", text, re.MULTILINE)
    wanted = [name if name.startswith("test_") else f"test_{name}" for name in names]
    for name in wanted:
        if name not in known:
            raise TutorError(f"There is no check called {name!r}{nearest(name, known, '.')}")
    return tuple(wanted)
