"""`tutor course check`: reads a whole course critically and proves its checks, for authors and for CI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.console import mark, note, paint, say, say_json

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from tutor.course.problem import Problem
    from tutor.course.prove import Effort, Proof
    from tutor.model import Course, Exercise


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    import argparse

    # A parser of its own: with `check` as a plain positional, argparse takes no exercise after an option.
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="check", parser_class=argparse.ArgumentParser)
    check = verbs.add_parser("check", help="lint the texts and prove the checks", allow_abbrev=False)
    check.add_argument("exercises", nargs="*", metavar="EXERCISE", help="only these; none means the whole course")
    check.add_argument("--full", action="store_true", help="every mutant, and 20 seeds for each program")
    check.add_argument("--json", action="store_true", help="for programs")
    check.add_argument("--jobs", type=int, metavar="N", help="processes at a time (default: one for each core)")
    check.add_argument("--seeds", type=int, metavar="N", help="random seeds for solution and variants")


def run(args: argparse.Namespace) -> int:
    """Check the course; 0 when there is nothing to put right."""
    from tutor.course.lint import lint_course
    from tutor.course.load import bundled_root, find_exercise, load_course
    from tutor.grading.warm import one_thread

    one_thread()  # the work is spread over processes, and two threads on small arrays wait for each other
    course = load_course(args.course or bundled_root())
    chosen = [find_exercise(course, name) for name in args.exercises] or list(course.exercises)
    problems: list[Problem] = []
    if not args.exercises:
        note("reading the texts …")
        problems = lint_course(course)
    proofs = list(_proofs(course, chosen, effort_of(args)))
    bad = bool(problems or any(proof.problems for proof in proofs))
    if args.json:
        say_json(_as_json(course, proofs, problems))
    else:
        _print(proofs, problems)
    return int(bad)


def effort_of(args: argparse.Namespace) -> Effort:
    """How thorough, from the options."""
    import os
    from dataclasses import replace

    from tutor.course.prove import FULL, QUICK
    from tutor.model import TutorError

    for name in ("jobs", "seeds"):
        if getattr(args, name) is not None and getattr(args, name) < 1:
            raise TutorError(f"--{name} must be 1 or more, not {getattr(args, name)}.")
    effort = FULL if args.full else QUICK
    return replace(effort, jobs=args.jobs or os.cpu_count() or 1, seeds=args.seeds or effort.seeds)


def _proofs(course: Course, chosen: Sequence[Exercise], effort: Effort) -> Iterator[Proof]:
    from tutor.course.prove import prove

    known = {exercise.id: exercise for exercise in course.exercises}
    for number, exercise in enumerate(chosen, 1):
        note(f"proving {exercise.id} ({number} of {len(chosen)}) …")
        yield prove(exercise, known, effort)


_HEADER = ("exercise", "solution", "stub", "accepted", "rejected", "mutants", "killed", "seconds")


def _print(proofs: Sequence[Proof], problems: Sequence[Problem]) -> None:
    rows = [_row(proof) for proof in proofs]
    widths = [max(len(row[k]) for row in [_HEADER, *rows]) for k in range(len(_HEADER))]
    say(paint(_line(_HEADER, widths), "bold"))
    for proof, row in zip(proofs, rows, strict=True):
        say(_line(row, widths) + (f"  {paint(mark('failed'), 'red')}" if proof.problems else ""))
    sentences = [str(problem) for problem in problems]
    sentences += [f"{proof.exercise}: {problem}" for proof in proofs for problem in proof.problems]
    _print_survivors(proofs)
    say("")
    for sentence in sentences:
        say(f"{mark('failed')} {sentence}")
    where = f"{_count(len(sentences), 'problem')} in {_count(len(proofs), 'exercise')}."
    say(where if sentences else f"{mark('passed')} Nothing to put right.")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _print_survivors(proofs: Sequence[Proof]) -> None:
    for proof in proofs:
        for survivor in proof.kills.survivors if proof.kills else ():
            if not survivor.waived:
                say(f"\n{proof.exercise}: a mutant survives: {survivor.name}")
                say("\n".join(f"    {line}" for line in survivor.diff.splitlines()))


def _row(proof: Proof) -> tuple[str, ...]:
    tallies = [proof.tally(role) for role in ("solution", "stub", "accept", "reject")]
    solution, stub = (mark("passed") if right else mark("failed") for right, _ in tallies[:2])
    accepted, rejected = (f"{right}/{total}" for right, total in tallies[2:])
    kills = proof.kills
    mutants, killed = (str(kills.tried), f"{kills.rate:.1%}") if kills else ("-", "-")
    return proof.exercise, solution, stub, accepted, rejected, mutants, killed, f"{proof.seconds:.1f}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """The first column to the left, the others to the right."""
    rest = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
    return "  ".join([cells[0].ljust(widths[0]), *rest])


def _as_json(course: Course, proofs: Sequence[Proof], problems: Sequence[Problem]) -> dict[str, object]:
    return {
        "course": course.id,
        "version": course.version,
        "passed": not problems and not any(proof.problems for proof in proofs),
        "problems": [{"path": str(p.path), "line": p.line, "rule": p.rule, "message": p.message} for p in problems],
        "exercises": [_proof_as_json(proof) for proof in proofs],
    }


def _proof_as_json(proof: Proof) -> dict[str, object]:
    kills = proof.kills
    return {
        "exercise": proof.exercise,
        "seconds": round(proof.seconds, 2),
        "problems": list(proof.problems),
        "programs": [
            {"role": o.role, "title": o.title, "right": o.right, "problem": o.problem, "message": o.shown}
            for o in proof.outcomes
        ],
        "mutants": kills
        and {
            "tried": kills.tried,
            "killed": kills.killed,
            "rate": round(kills.rate, 4),
            "survivors": [{"name": s.name, "diff": s.diff, "waived": s.waived} for s in kills.survivors],
        },
    }
