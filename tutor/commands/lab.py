"""`tutor lab NAME`: train with one's own functions, beside the reference; progress on stderr, the curve on stdout.

Exit codes: 0 target reached, 1 not reached (or the code failed), 2 usage.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.commands.common import session_or_course
from tutor.console import note, say
from tutor.model import TutorError

if TYPE_CHECKING:
    import argparse

    from tutor.model import Course, Lab
    from tutor.session import Session
    from tutor.training.job import LabJob
    from tutor.training.module import LabModule


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("name", nargs="?", help="which lab; --list shows them")
    parser.add_argument("--knob", action="append", default=[], metavar="NAME=VALUE", help="turn a knob (repeatable)")
    parser.add_argument("--knobs", action="store_true", help="show the lab's knobs, and what it can break")
    parser.add_argument("--break", dest="mistake", metavar="MISTAKE", help="train with a known mistake (see --knobs)")
    parser.add_argument("--seed", type=int, default=0, help="another random start")
    parser.add_argument("--log", action="store_true", help="logarithmic axis for the first curve")
    parser.add_argument("--smooth", type=float, default=0.0, metavar="BETA", help="smoothing from 0 to 0.99")
    parser.add_argument("--no-reference", action="store_true", help="do not train the reference beside it")
    parser.add_argument("--compare", action="append", default=[], metavar="RUN", help="lay a kept run over the curve")
    parser.add_argument("--json", action="store_true", help="stream events as JSON lines")
    parser.add_argument("--list", action="store_true", help="list the labs")
    parser.add_argument("--runs", action="store_true", help="list the kept runs (of one lab)")
    parser.add_argument("--export", metavar="FILE", type=Path, help="write a kept run as .csv or .jsonl (see --run)")
    parser.add_argument("--run", default="last", metavar="RUN", help="which kept run --export writes")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    with session_or_course(args) as (session, course):
        if args.list or not (args.name or args.runs or args.export):
            return _list(course)
        if args.runs or args.export:
            return _kept(args, session, course)
        from tutor.course.find import find_lab

        return _train(args, session, course, find_lab(course, args.name))


def _list(course: Course) -> int:
    width = max((len(lab.id) for lab in course.labs), default=0)
    for lab in course.labs:
        say(f"{lab.id:<{width}}  {lab.title}  (uses {', '.join(lab.uses)})")
    if not course.labs:
        note("This course has no labs.")
    return 0


def _kept(args: argparse.Namespace, session: Session | None, course: Course) -> int:
    from tutor.commands.lab_report import print_runs
    from tutor.training.store import export, list_runs

    if session is None:
        raise TutorError("There is no workspace yet, so no run is kept. `tutor start` makes one.")
    if args.export:
        note(f"Written: {export(session.workspace.runs, args.run, args.export)}")
        return 0
    from tutor.course.find import find_lab

    return print_runs(list_runs(session.workspace.runs, find_lab(course, args.name).id if args.name else None))


def _train(args: argparse.Namespace, session: Session | None, course: Course, lab: Lab) -> int:
    from tutor.commands.lab_report import print_knobs
    from tutor.training.module import load_lab

    module = load_lab(lab.path)
    if args.knobs:
        return print_knobs(lab, module)
    if not 0 <= args.smooth < 1:
        raise TutorError(
            f"--smooth {args.smooth:g} is out of range: 0 shows every point, 0.99 averages over a hundred."
        )
    job = _job(args, session, course, lab, module)
    folder = session.workspace.runs if session is not None else None
    if session is None:
        note("There is no workspace, so this trains with the course's code. `tutor start` makes one.")
    from tutor.commands.lab_run import train_plain
    from tutor.training.narrate import summary

    live = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    record = train_plain(args, job, module, folder, live)
    if session is not None and record.mine.end is not None:
        session.record_lab(lab.id, summary(record))
    return 0 if record.reached else 1


def _job(args: argparse.Namespace, session: Session | None, course: Course, lab: Lab, module: LabModule) -> LabJob:
    from tutor.training.job import plan
    from tutor.training.knobs import parse_settings

    texts = {}
    for setting in args.knob:
        name, equals, value = setting.partition("=")
        if not equals:
            raise TutorError(f"--knob {setting}: say NAME=VALUE, for example --knob lr=0.1.")
        texts[name] = value
    knobs = parse_settings(module.knobs, texts)
    parts = session.lab_source(lab.id) if session is not None else []
    return plan(course, lab, parts, knobs, broken=_mistake(args.mistake, lab, module), seed=args.seed)


def _mistake(wanted: str | None, lab: Lab, module: LabModule) -> tuple[str, str] | None:
    """The mistake by its number in the list, by its title, by a part of it, or as `exercise:title`."""
    if wanted is None:
        return None
    choices = module.breaks
    if wanted.isdigit() and 1 <= int(wanted) <= len(choices):
        return choices[int(wanted) - 1]
    exercise, colon, title = wanted.partition(":")
    if colon and exercise in lab.uses:
        return exercise, title.strip()
    found = [c for c in choices if wanted.lower() in (c[1].lower(), f"{c[0]} {c[1]}".lower())]
    found = found or [c for c in choices if wanted.lower() in f"{c[0]} {c[1]}".lower()]
    if len(found) == 1:
        return found[0]
    listed = "; ".join(f"{i} {e}: {t}" for i, (e, t) in enumerate(choices, 1)) or "none"
    why = "fits more than one mistake" if found else "is not a mistake of this lab"
    raise TutorError(f"--break {wanted!r} {why}. There are: {listed}.")
