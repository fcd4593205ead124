"""Recognises mistakes: first among the exercise's rejected variants, then among mistakes that any code can make.

A rejected variant is recognised by running it through the very draw on which the learner's code failed: when it fails
in the same way with the same numbers, its message is the diagnosis. Runs in the judge, on the course's programs only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tutor.checks.calls import Watched
from tutor.checks.checkfile import Diagnoser, FailedCheck
from tutor.checks.program import Programs
from tutor.checks.variants import Variant
from tutor.grading.alike import alike
from tutor.grading.generic import generic_diagnosis
from tutor.model import Diagnosis, Exercise

FURTHER_DRAWS = 6
"""How many more draws decide between several variants that give the learner's numbers on the failing one."""


@dataclass(frozen=True, slots=True)
class KnownMistake:
    """A rejected variant, loaded only when a diagnosis needs it."""

    variant: Variant
    load: Callable[[], object]


def known_mistakes(programs: Programs) -> tuple[KnownMistake, ...]:
    """The rejected variants of an exercise, in the order of the file."""
    return tuple(KnownMistake(v, lambda v=v: programs.variant(v)) for v in programs.file.rejected)  # type: ignore[misc]


def diagnoser(mistakes: Sequence[KnownMistake]) -> Diagnoser:
    """A function for `run_checks(diagnose=…)` with one seed; programs are loaded once, and run once on each draw."""
    loaded: dict[str, object] = {}
    seen: dict[tuple[str, str, int], BaseException | None] = {}

    def program(mistake: KnownMistake) -> object:
        title = mistake.variant.title
        if title not in loaded:
            loaded[title] = Watched(mistake.load())
        return loaded[title]

    def outcome(failed: FailedCheck, mistake: KnownMistake, index: int) -> BaseException | None:
        key = mistake.variant.title, failed.name, index
        if key not in seen:
            seen[key] = failed.rerun(program(mistake), index)
        return seen[key]

    def diagnose(failed: FailedCheck) -> Diagnosis | None:
        found = [m for m in mistakes if _alike(failed.error, outcome(failed, m, failed.index))]
        if len(found) > 1:
            found = _narrow(failed, found, program, outcome)
        if found:
            return Diagnosis(found[0].variant.title, found[0].variant.message)
        return generic_diagnosis(failed)

    return diagnose


def exercise_diagnoser(exercise: Exercise) -> Diagnoser:
    """The diagnoser of an exercise; its programs are read at the first failure, once for all failures of a verdict."""
    made: list[Diagnoser] = []

    def diagnose(failed: FailedCheck) -> Diagnosis | None:
        if not worth_diagnosing(failed.error):
            return None
        if not made:
            made.append(diagnoser(known_mistakes(Programs.of(exercise))))
        return made[0](failed)

    return diagnose


def worth_diagnosing(error: BaseException) -> bool:
    """A stub, a timeout or a dead process says all there is to say."""
    told = getattr(error, "tutor_outcome", "error")
    return told in ("error", "failed") and not isinstance(error, (NotImplementedError, SystemExit))


def _alike(ours: BaseException | None, theirs: BaseException | None) -> bool:
    """Both pass, or fail in the same way with the same numbers."""
    return ours is theirs if ours is None or theirs is None else alike(ours, theirs)


def _narrow(
    failed: FailedCheck,
    found: list[KnownMistake],
    program: Callable[[KnownMistake], object],
    outcome: Callable[[FailedCheck, KnownMistake, int], BaseException | None],
) -> list[KnownMistake]:
    """Keep those that behave like the learner's code elsewhere, too; a test that leaves none says nothing.

    First what the learner's code is known to pass, which costs no call of it; then further draws of the failing check.
    """
    for passes in failed.passed:
        found = [m for m in found if passes(program(m)) is None] or found
        if len(found) == 1:
            return found
    for index in _others(failed):
        ours = failed.rerun(failed.mine, index)
        found = [m for m in found if _alike(ours, outcome(failed, m, index))] or found
        if len(found) == 1:
            break
    return found


def _others(failed: FailedCheck) -> Iterator[int]:
    """Draws after the failing one, where shapes are larger and tell more."""
    later = range(failed.index + 1, failed.count)
    step = max(1, len(later) // FURTHER_DRAWS)
    yield from later[::step]
