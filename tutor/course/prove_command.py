"""`python -m tutor.course.prove`: the author's quick look at exercises in the making, as plain text."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tutor.course.load import bundled_root
from tutor.course.parts import read_exercise
from tutor.course.prove import Effort, Proof, prove
from tutor.model import CourseError, Exercise


def main(argv: Sequence[str] | None = None) -> int:
    """Prove the named exercises (ids or folders; none means all that have their files); 0 when all is well."""
    parser = argparse.ArgumentParser(prog="python -m tutor.course.prove", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="EXERCISE_OR_FOLDER")
    parser.add_argument("--course", type=Path, default=bundled_root())
    parser.add_argument("--seeds", type=int, default=3, help="random seeds for solution and variants (default 3)")
    parser.add_argument("--mutants", action="store_true", help="try all mutants of the solution, too")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args(argv)
    known = find_exercises(args.course.resolve())
    effort = Effort(seeds=args.seeds, jobs=args.jobs, mutants=None if args.mutants else 0)
    code = 0
    for exercise in select(known, args.names):
        proof = prove(exercise, known, replace(effort))
        show(proof)
        code = max(code, bool(proof.problems))
    return code


def find_exercises(root: Path) -> dict[str, Exercise]:
    """Every exercise whose five files are there, by id; what is incomplete is named on stderr and left out."""
    found: dict[str, Exercise] = {}
    for task in sorted((root / "exercises").glob("*/*.md")):
        try:
            exercise = read_exercise(root, task.parent.name, task.parent.name, task.stem.replace("_", "-"))
        except CourseError as error:
            print(f"left out: {error}", file=sys.stderr)  # noqa: T201  # an author's tool, plain text by design
            continue
        found[exercise.id] = exercise
    return found


def select(known: dict[str, Exercise], names: Sequence[str]) -> list[Exercise]:
    """The exercises with these ids, file names, or in these folders."""
    if not names:
        return list(known.values())
    chosen: list[Exercise] = []
    for name in names:
        bare = Path(name.rstrip("/")).name.removesuffix(".py").removesuffix(".md").removeprefix("test_")
        hits = [e for e in known.values() if bare in (e.id, e.solution.stem, e.solution.parent.name)]
        if not hits:
            raise SystemExit(
                f"there is no exercise or folder {name!r} with all its files; there are: {', '.join(known)}"
            )
        chosen += hits
    return chosen


def show(proof: Proof) -> None:
    """Print one exercise's proof."""
    lines = [f"\n{proof.exercise}  ({proof.seconds:.1f} s)"]
    for outcome in proof.outcomes:
        mark = "✓" if outcome.right else "✗"
        name = f"{outcome.role}: {outcome.title}" if outcome.title else outcome.role
        tail = outcome.problem or (outcome.shown and f"“{outcome.shown}”") or ""
        lines.append(f"  {mark} {name}  {tail}".rstrip())
    if proof.kills:
        kills = proof.kills
        lines.append(f"  mutants: {kills.killed} of {kills.tried} killed ({kills.rate:.1%})")
        for survivor in kills.survivors:
            waived = f"  [waived: {survivor.waived}]" if survivor.waived else ""
            lines += [f"  survives: {survivor.name}{waived}", *(f"      {line}" for line in survivor.diff.splitlines())]
    lines += [f"  PROBLEM {problem}" for problem in proof.problems]
    print("\n".join(lines), flush=True)  # noqa: T201  # an author's tool, plain text by design
