"""Known mistakes are recognised on the failing draw, and told apart by what else the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.checks.runner import run_checks
from tutor.grading.alike import alike
from tutor.grading.diagnosis import exercise_diagnoser
from tutor.model import Exercise

SOLUTION = """
import numpy as np

def mean_rows(x):
    if x.ndim != 2:
        raise ValueError("two axes are needed")
    return x.mean(axis=1)
"""

VARIANTS = """
import numpy as np
from tutor.checks import accept, reject

@reject("sums", "You sum; divide by the number of columns.")
def mean_rows(x): return x.sum(axis=1)

@reject("divides by two", "2 is not the number of columns.")
def mean_rows(x): return x.sum(axis=1) / 2

@reject("along the wrong axis", "These are the means of the columns.")
def mean_rows(x): return x.mean(axis=0)

@reject("does not refuse", "A single row has no rows to average.")
def mean_rows(x): return np.atleast_2d(x).mean(axis=1)

@reject("stumbles", "An array has no attribute average.")
def mean_rows(x): return x.average(axis=1)

@reject("in place", "You changed x.")
def mean_rows(x):
    x /= x.shape[1]
    return x.sum(axis=1)
"""

CHECKS = '''
import numpy as np
from tutor.checks import draws, holds, raises, same

@draws(12)
def test_values(mine, draw):
    """Averages each row."""
    same(mine.mean_rows, lambda x: x.mean(axis=1), draw.array(draw.shape(dims=2)))

def test_refuses(mine):
    """Refuses what has no rows."""
    raises(ValueError, mine.mean_rows, np.ones(3))

@draws(3)
def test_bounds(mine, draw):
    """Lies between the smallest and the largest number."""
    x = draw.array((3, 4))
    got = mine.mean_rows(x)
    assert (got <= x.max(axis=1)).all() and (got >= x.min(axis=1)).all()
'''


@pytest.fixture
def judged(tmp_path: Path):
    names = [tmp_path / n for n in ("it.md", "it.py", "test_it.py", "it_solution.py", "it_variants.py")]
    exercise = Exercise("it", "it", "c", 1, 5, "numpy", *names)
    exercise.solution.write_text(SOLUTION)
    exercise.variants.write_text(VARIANTS)
    exercise.checks.write_text(CHECKS)

    def judge(body, **options):
        namespace = {}
        exec(compile(f"import numpy as np\n{body}", "it.py", "exec"), namespace)
        mine = type("Mine", (), {})()
        mine.__dict__.update(namespace)
        findings = run_checks(exercise.checks, mine, diagnose=exercise_diagnoser(exercise), **options)
        return next((f for f in findings if f.outcome != "passed"), None)

    return judge


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("def mean_rows(x): return np.einsum('nd->n', x)", "sums"),
        ("def mean_rows(x): return np.einsum('nd->n', x) * 0.5", "divides by two"),
        ("def mean_rows(x): return x.T.mean(-1)", "along the wrong axis"),
        ("def mean_rows(x): return np.array([row.mean() for row in np.atleast_2d(x)])", "does not refuse"),
        ("def mean_rows(x): return x.average()", "stumbles"),
        ("def mean_rows(x):\n    x *= 1 / x.shape[1]\n    return x.sum(-1)", "in place"),
    ],
)
def test_each_known_mistake_is_recognised_however_it_is_written(judged, body, name):
    found = judged(body)
    assert found.diagnosis.name == name
    assert not found.diagnosis.generic
    assert found.diagnosis.message


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("factor", "name"), [("1", "sums"), ("0.5", "divides by two")])
def test_mistakes_that_agree_on_a_small_draw_are_told_apart_by_others(judged, seed, factor, name):
    assert judged(f"def mean_rows(x): return x.sum(axis=1) * {factor}", seed=seed).diagnosis.name == name


def test_an_unknown_mistake_gets_a_generic_diagnosis_or_none(judged):
    assert judged("def mean_rows(x): return -x.mean(axis=1)").diagnosis.name == "sign flipped"
    assert judged("def mean_rows(x): return x.mean(axis=1) + x[:, 0] ** 2").diagnosis is None


def test_a_right_program_and_a_stub_get_none(judged):
    assert judged(SOLUTION) is None
    assert judged("def mean_rows(x): raise NotImplementedError").diagnosis is None
    assert judged("def mean_rows(x): raise SystemExit").diagnosis is None


def test_a_nearly_right_number_is_not_mistaken_for_another_nearly_right_one(judged):
    found = judged("def mean_rows(x): return x.mean(axis=1) * (1 + 1e-7)")
    assert found.diagnosis is None or found.diagnosis.generic


def test_what_came_out_of_an_iterator_cannot_be_compared():
    """Two generators are never equal; that says nothing about the mistakes behind them."""

    def failure(message: str, result: object) -> AssertionError:
        error = AssertionError(message)
        error.tutor_result = result
        return error

    assert alike(failure("0 batches", iter(())), failure("0 batches", (k for k in ())))
    assert not alike(failure("0 batches", iter(())), failure("1 batch", iter(())))
    assert not alike(failure("0 batches", iter(())), failure("0 batches", 3))
