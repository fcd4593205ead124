"""Runs mutants of a solution through its checks and counts those that the checks kill.

A mutant is killed by any check that does not pass, by an exception, and by the time or memory limit. What survives is
either a hole in the checks or equivalent to the solution; the author says which, by `waive(name, reason)`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial

from tutor.checks.checkfile import CheckFile, Run
from tutor.checks.program import Programs, run_code
from tutor.checks.variants import Waiver
from tutor.course.forked import fork_map
from tutor.course.mutate import Mutant, mutants, sample

TARGET = 0.95
"""The share of the mutants, waived ones left out, that checks must kill."""

SLOWNESS, PATIENCE = 20.0, 5.0
"""A mutant that takes this many times the solution's time, and this many seconds more, is in an endless loop."""


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that passed every check."""

    name: str
    diff: str
    waived: str = ""
    """The author's reason why it is equivalent to the solution."""


@dataclass(frozen=True, slots=True)
class Kills:
    """What became of the mutants."""

    tried: int
    killed: int
    survivors: tuple[Survivor, ...]
    problems: tuple[str, ...] = ()

    @property
    def rate(self) -> float:
        """The share of mutants that were killed, waived ones left out."""
        counted = self.tried - sum(bool(survivor.waived) for survivor in self.survivors)
        return self.killed / counted if counted else 1.0


def kill_mutants(
    programs: Programs,
    plugin: CheckFile,
    *,
    budget: int | None,
    seeds: int,
    jobs: int,
    solution_seconds: float = 0.5,
) -> Kills:
    """Try at most `budget` mutants (None: all), each with up to `seeds` seeds, until a check does not pass."""
    all_mutants = mutants(programs.exercise.solution.read_text(encoding="utf-8"))
    chosen = sample(all_mutants, budget)
    tasks: list[Callable[[], bool]] = [partial(_survives, programs, mutant, plugin, seeds) for mutant in chosen]
    limit = PATIENCE + SLOWNESS * seeds * solution_seconds
    alive = [index for index, result in fork_map(tasks, jobs=jobs, seconds=limit) if result is True]
    waivers = programs.file.waivers
    reasons = {waiver.mutant: waiver.reason for waiver in waivers}
    survivors = tuple(
        Survivor(chosen[index].name, chosen[index].diff, reasons.get(chosen[index].name, "")) for index in sorted(alive)
    )
    kills = Kills(len(chosen), len(chosen) - len(survivors), survivors)
    problems = [*_waiver_problems(waivers, all_mutants, chosen, survivors)]
    if kills.rate < TARGET:
        missed = sum(not survivor.waived for survivor in survivors)
        problems.append(f"the checks kill {kills.rate:.1%} of the mutants, {TARGET:.0%} are asked: {missed} survive")
    return Kills(kills.tried, kills.killed, survivors, tuple(problems))


def _survives(programs: Programs, mutant: Mutant, plugin: CheckFile, seeds: int) -> bool:
    """True when every check passes with every seed. An exception, an exit or a crash of the child is a kill."""
    exercise = programs.exercise
    program = run_code(exercise.id, exercise.solution, compile(mutant.source, str(exercise.solution), "exec"))
    for seed in range(seeds):
        findings = plugin.run(Run(program, seed, stop_at_first=True))
        if any(finding.outcome != "passed" for finding in findings):
            return False
    return True


def _waiver_problems(
    waivers: Sequence[Waiver], all_mutants: Sequence[Mutant], chosen: Sequence[Mutant], survivors: Sequence[Survivor]
) -> list[str]:
    names, tried = [mutant.name for mutant in all_mutants], {mutant.name for mutant in chosen}
    alive = {survivor.name for survivor in survivors}
    problems = []
    for waiver in waivers:
        if waiver.mutant not in names:
            near = get_close_matches(waiver.mutant, names, n=1, cutoff=0.4)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            problems.append(f"waived in line {waiver.line}, but there is no mutant {waiver.mutant!r}{hint}")
        elif waiver.mutant in tried and waiver.mutant not in alive:
            problems.append(f"waived in line {waiver.line}, but the checks kill it: {waiver.mutant!r}")
    return problems
