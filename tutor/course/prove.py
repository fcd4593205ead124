"""Proves the checks of an exercise: what they accept and reject, and whether each known mistake gets its message.

`python -m tutor.course.prove softmax --mutants` is the author's quick look at exercises in the making: it needs only
the exercise's own five files, not a valid course. `tutor course check` proves a whole course with the same functions.
"""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from tutor.checks.checkfile import CheckFile, Run
from tutor.checks.program import Programs, needed_by, needs_installed
from tutor.checks.runner import with_checks
from tutor.checks.variants import Variant
from tutor.course.forked import Died, fork_map
from tutor.course.kill import Kills, kill_mutants
from tutor.grading.diagnosis import exercise_diagnoser
from tutor.grading.scan import Rules, scan
from tutor.model import CourseError, Exercise, Finding

Role = Literal["solution", "stub", "accept", "reject"]

PROGRAM_SECONDS = 60.0
"""For one program with all seeds. A correct solution takes well under a second for each."""

GROUPS = 2
"""Into so many for each job are the rejected variants divided; each group shares a process."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the checks said of one program, over all seeds."""

    role: Role
    title: str
    right: bool
    problem: str = ""
    """Why it is not as it should be."""
    shown: str = ""
    """For a rejected variant: the message that the learner reads."""
    seconds: float = 0.0
    """For one seed."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything that was found out about one exercise."""

    exercise: str
    outcomes: tuple[Outcome, ...]
    kills: Kills | None
    problems: tuple[str, ...]
    seconds: float

    def tally(self, role: Role) -> tuple[int, int]:
        """(how many are as they should be, how many there are)."""
        of_role = [outcome for outcome in self.outcomes if outcome.role == role]
        return sum(outcome.right for outcome in of_role), len(of_role)


@dataclass(frozen=True, slots=True)
class Effort:
    """How thorough a proof is."""

    seeds: int = 3
    mutants: int | None = 0
    """How many mutants to try: None for all, 0 for none."""
    mutant_seeds: int = 2
    jobs: int = 2
    learner_seed: int = 0


QUICK = Effort(seeds=3, mutants=40, mutant_seeds=2)
FULL = Effort(seeds=20, mutants=None, mutant_seeds=3)


def prove(exercise: Exercise, known: dict[str, Exercise], effort: Effort) -> Proof:
    """Prove one exercise. Content that cannot be loaded is a problem of the proof, not an exception."""
    start = time.perf_counter()
    try:
        programs = Programs.of(exercise)
        with needs_installed(needed_by(exercise, known)):
            outcomes, kills = with_checks(exercise.checks, partial(_examine_all, programs, effort))
    except CourseError as error:
        return Proof(exercise.id, (), None, (str(error),), time.perf_counter() - start)
    except Exception as error:  # the course's own code is broken: that is the finding
        problem = f"{type(error).__name__}: {error}"
        return Proof(exercise.id, (), None, (problem,), time.perf_counter() - start)
    problems = [f"{o.role} {o.title!r}: {o.problem}" if o.title else f"{o.role}: {o.problem}"
                for o in outcomes if o.problem]  # fmt: skip
    problems += kills.problems if kills else ()
    return Proof(exercise.id, outcomes, kills, tuple(problems), time.perf_counter() - start)


def _examine_all(programs: Programs, effort: Effort, plugin: CheckFile) -> tuple[tuple[Outcome, ...], Kills | None]:
    accepted = [variant for variant in programs.file.variants if variant.verb == "accept"]
    rejected = [variant for variant in programs.file.variants if variant.verb == "reject"]
    tasks: list[Task] = [
        ("solution", "", partial(_solution, programs, effort, plugin)),
        ("stub", "", partial(_stub, programs, effort, plugin)),
        *(("accept", v.title, partial(_accepted, programs, v, effort, plugin)) for v in accepted),
    ]
    outcomes = (*_examine(tasks, effort), *_examine_rejected(programs, rejected, effort, plugin))
    kills = None
    if effort.mutants != 0 and outcomes[0].right:
        kills = kill_mutants(
            programs,
            plugin,
            budget=effort.mutants,
            seeds=effort.mutant_seeds,
            jobs=effort.jobs,
            solution_seconds=outcomes[0].seconds,
        )
    return outcomes, kills


Task = tuple[Role, str, Callable[[], Outcome]]


def _examine(tasks: Sequence[Task], effort: Effort) -> Iterator[Outcome]:
    found: dict[int, Outcome] = {}
    for index, result in fork_map([task for _, _, task in tasks], jobs=effort.jobs, seconds=PROGRAM_SECONDS):
        role, title, _ = tasks[index]
        found[index] = Outcome(role, title, False, result.reason) if isinstance(result, Died) else result
    yield from (found[index] for index in sorted(found))


def _examine_rejected(
    programs: Programs, rejected: Sequence[Variant], effort: Effort, plugin: CheckFile
) -> Iterator[Outcome]:
    """Some at a time in one process, since a diagnosis runs all of them on the draw that failed.

    Whatever is not as it should be after that is examined again, alone, as a verdict would: programs that keep
    something in a class, or go by addresses in memory, are changed by company.
    """
    size = max(1, -(-len(rejected) // (GROUPS * effort.jobs)))
    groups = [rejected[start : start + size] for start in range(0, len(rejected), size)]
    tasks = [partial(_rejected, programs, group, effort, plugin) for group in groups]
    found: dict[str, Outcome] = {}
    for _, result in fork_map(tasks, jobs=effort.jobs, seconds=PROGRAM_SECONDS * size):
        found |= {} if isinstance(result, Died) else {outcome.title: outcome for outcome in result}
    doubtful = [variant for variant in rejected if variant.title not in found or not found[variant.title].right]
    alone: list[Task] = [("reject", v.title, partial(_rejected_alone, programs, v, effort, plugin)) for v in doubtful]
    found |= {outcome.title: outcome for outcome in _examine(alone, effort)}
    yield from (found[variant.title] for variant in rejected)


def _seeds(effort: Effort) -> Iterator[int]:
    yield from range(effort.learner_seed, effort.learner_seed + effort.seeds)


def _solution(programs: Programs, effort: Effort, plugin: CheckFile) -> Outcome:
    return _must_pass("solution", "", programs, programs.solution, effort, plugin)


def _accepted(programs: Programs, variant: Variant, effort: Effort, plugin: CheckFile) -> Outcome:
    return _must_pass("accept", variant.title, programs, lambda: programs.variant(variant), effort, plugin)


def _must_pass(
    role: Role, title: str, programs: Programs, load: Callable[[], object], effort: Effort, plugin: CheckFile
) -> Outcome:
    forbidden = _forbidden(role, title, programs)
    if forbidden:
        return Outcome(role, title, False, f"uses what the exercise forbids: {forbidden}")
    start = time.process_time()
    program = load()
    for seed in _seeds(effort):
        bad = first_bad(plugin.run(Run(program, seed, stop_at_first=True)))
        if bad:
            return Outcome(role, title, False, f"{describe(bad)} (seed {seed})")
    return Outcome(role, title, True, seconds=(time.process_time() - start) / max(1, effort.seeds))


def _forbidden(role: Role, title: str, programs: Programs) -> str:
    """What the program uses although the exercise forbids it: what the course accepts must be allowed to a learner."""
    exercise = programs.exercise
    if role == "solution":
        source = exercise.solution.read_bytes()
    else:
        source = ast.unparse(programs.file.definitions(programs.file.named(title))).encode()
    found = scan(source, Rules(exercise.framework, exercise.forbidden))
    return ", ".join(name for name, _ in found)


def _stub(programs: Programs, effort: Effort, plugin: CheckFile) -> Outcome:
    """Every check must fail on the stub: one that passes checks nothing."""
    findings = plugin.run(Run(programs.stub(), effort.learner_seed))
    passing = [finding.check for finding in findings if finding.outcome == "passed"]
    if passing:
        return Outcome("stub", "", False, f"passes {', '.join(passing)} although nothing is implemented")
    return Outcome("stub", "", True)


def _rejected(programs: Programs, variants: Sequence[Variant], effort: Effort, plugin: CheckFile) -> list[Outcome]:
    """Each must fail for every seed, and its first failure must be diagnosed as this very mistake."""
    loaded = {variant.title: programs.variant(variant) for variant in variants}
    outcomes = {title: Outcome("reject", title, True) for title in loaded}
    for seed in _seeds(effort):
        diagnose = exercise_diagnoser(programs.exercise)
        for title, program in loaded.items():
            if outcomes[title].right:
                bad = first_bad(plugin.run(Run(program, seed, diagnose=diagnose, stop_at_first=True)))
                outcomes[title] = _diagnosed(outcomes[title], bad, seed)
    return list(outcomes.values())


def _rejected_alone(programs: Programs, variant: Variant, effort: Effort, plugin: CheckFile) -> Outcome:
    return _rejected(programs, [variant], effort, plugin)[0]


def _diagnosed(before: Outcome, bad: Finding | None, seed: int) -> Outcome:
    """What one more seed says of a rejected variant."""
    if bad is None:
        return replace(before, right=False, problem=f"passes every check (seed {seed})")
    problem, diagnosis = "", bad.diagnosis
    if diagnosis is None:
        problem = f"fails without a diagnosis: {describe(bad)} (seed {seed})"
    elif diagnosis.generic or diagnosis.name != before.title:
        problem = f"the message of {diagnosis.name!r} is shown instead: {describe(bad)} (seed {seed})"
    return replace(before, right=not problem, problem=problem, shown=diagnosis.message if diagnosis else "")


def first_bad(findings: Sequence[Finding]) -> Finding | None:
    """The first finding that is not a pass."""
    return next((finding for finding in findings if finding.outcome != "passed"), None)


def describe(finding: Finding) -> str:
    """One line for an author."""
    draw = f", {finding.draw}" if finding.draw else ""
    difference = f" ({finding.difference})" if finding.difference else ""
    return f"{finding.check}{draw}: {finding.message}{difference}"


if __name__ == "__main__":
    from tutor.course.prove_command import main

    raise SystemExit(main())
