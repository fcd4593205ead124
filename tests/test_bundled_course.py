"""The bundled course: its texts are sound, its checks are proved (a sample; `tutor course check --full` is the rest).

Each exercise is a test of its own, so that the work spreads over the cores.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tutor.checks.variants import read_variants
from tutor.course.lint import lint_course
from tutor.course.load import bundled_root, load_course
from tutor.course.prove import QUICK, prove
from tutor.grading.client import Grader
from tutor.model import Exercise, Job, Limits, Need, Verdict
from tutor.versions import with_needs

COURSE = load_course(bundled_root())
EXERCISES = {exercise.id: exercise for exercise in COURSE.exercises}
SAMPLE = replace(QUICK, jobs=1, seeds=1, mutants=8, mutant_seeds=1)
"""`tutor course check` tries more, `--full` everything: its place is before a release, not in every build."""
every_exercise = pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.id)


def test_the_texts_are_sound() -> None:
    problems = lint_course(COURSE)
    assert not problems, "\n".join(map(str, problems))


@pytest.mark.slow
@every_exercise
def test_the_checks_are_proved_on_a_sample(exercise: Exercise) -> None:
    proof = prove(exercise, EXERCISES, SAMPLE)
    assert not proof.problems, "\n".join(proof.problems)
    assert len(proof.outcomes) >= 2 + 2 + 4  # solution, stub, accepted variants, rejected variants


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader() as warm:
        yield warm


def verdict(grader: Grader, exercise: Exercise, source: bytes, *, own: bool) -> Verdict:
    """The verdict of the real grader; `own` says whether the exercises it needs are the learner's or the course's."""
    needs = tuple(
        Need(name, EXERCISES[name].solution.read_bytes() if own else None)
        for name in with_needs(EXERCISES, exercise.needs)
    )
    limits = Limits(check_seconds=60, verdict_seconds=300, cpu_seconds=300)  # whether it is right, on a busy machine
    job = Job(COURSE.root, exercise.id, source, f"{exercise.id}.py", needs, limits=limits)
    *_, last = grader.grade(job)
    assert isinstance(last, Verdict)
    return last


@every_exercise
@pytest.mark.parametrize("own", [True, False], ids=["own needs", "the course's needs"])
def test_the_solution_passes_in_a_process_of_its_own(grader: Grader, exercise: Exercise, own: bool) -> None:
    result = verdict(grader, exercise, exercise.solution.read_bytes(), own=own)
    assert result.passed, failures(result)


def failures(result: Verdict) -> str:
    """What did not pass, a line each."""
    failed = [f for f in result.findings if f.outcome != "passed"]
    return "\n".join(f"{f.check}: {f.message} {f.difference} {f.traceback}" for f in failed)


def accepted(exercise: Exercise) -> list[tuple[str, bytes]]:
    """Title and source of each accepted variant, as a learner's file: the solution with the variant's definitions."""
    file = read_variants(exercise.variants)
    solution = exercise.solution.read_text(encoding="utf-8")
    found = []
    for variant in file.accepted:
        body = [
            node
            for node in file.definitions(variant).body
            if not (isinstance(node, ast.ImportFrom) and node.module in ("__future__", "tutor.checks"))
        ]
        found.append((variant.title, f"{solution}\n\n{ast.unparse(ast.Module(body, []))}\n".encode()))
    return found


@every_exercise
def test_accepted_variants_pass_in_a_process_of_their_own(grader: Grader, exercise: Exercise) -> None:
    for title, source in accepted(exercise):
        result = verdict(grader, exercise, source, own=True)
        assert result.passed, f"{title}:\n{failures(result)}"


@every_exercise
def test_the_stub_fails_in_a_process_of_its_own(grader: Grader, exercise: Exercise) -> None:
    assert not verdict(grader, exercise, exercise.stub.read_bytes(), own=True).passed


@pytest.mark.parametrize("name", ["numpy.py", "torch.py", "tutor.py"])
def test_a_file_named_like_a_library_hides_nothing(grader: Grader, name: str) -> None:
    exercise = EXERCISES["hello-grader"]
    job = Job(course_root=COURSE.root, exercise=exercise.id, source=exercise.solution.read_bytes(), path=name)
    *_, last = grader.grade(job)
    assert isinstance(last, Verdict)
    assert last.passed, last.findings
