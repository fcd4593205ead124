"""What checks say besides `same`."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch

from tutor.checks import (
    CheckFailure,
    close,
    deterministic,
    equal,
    faster_than,
    finite,
    gradients,
    holds,
    measure,
    quiet,
    raises,
    unchanged,
)


def test_close_and_equal_name_what_they_compare(failure):
    close(np.array([1.0 + 1e-12]), np.array([1.0]))
    found = failure(equal, np.array([1.0 + 1e-12]), np.array([1.0]), "the weights", input={"lr": 0.1})
    assert found.message.startswith("the weights")
    assert found.input == {"lr": 0.1}


def test_close_uses_the_tolerance_of_the_dtype(failure):
    close(np.float32(1.000001), np.float32(1.0))
    close(torch.tensor([1.01], dtype=torch.bfloat16), torch.tensor([1.0], dtype=torch.bfloat16))
    assert failure(close, np.array([1.000001]), np.array([1.0])).kind == "value"


def test_holds_fails_with_the_authors_sentence(failure):
    holds(True, "never")
    found = failure(holds, np.bool_(False), "rows do not sum to 1", got=np.ones(2), expected="1 each")
    assert str(found) == "rows do not sum to 1"
    assert (found.got == 1).all()


def refuse(error):
    def function(*args):
        raise error

    return function


def test_raises_gives_the_exception_back():
    assert str(raises(ValueError, refuse(ValueError("no")), np.zeros(2))) == "no"
    raises((ValueError, IndexError), refuse(IndexError()))


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x: x, "no ValueError was raised: shapes differ"),
        (refuse(TypeError("x")), "TypeError was raised, ValueError"),
    ],
)
def test_raises_says_what_happened_instead(failure, function, words):
    found = failure(raises, ValueError, function, np.zeros(2), because="shapes differ")
    assert found.message.startswith(words)
    assert found.kind == "raised"


def test_a_stub_never_counts_as_refusing():
    with pytest.raises(NotImplementedError):
        raises(Exception, refuse(NotImplementedError()))
    with pytest.raises(NotImplementedError):
        raises((RuntimeError, ValueError), refuse(NotImplementedError()))


def test_a_generator_must_refuse_at_its_first_item(failure):
    def checks(n):
        if n < 1:
            raise ValueError("n")
        yield n

    raises(ValueError, checks, 0)
    assert failure(raises, ValueError, checks, 1).kind == "raised"


def test_quiet_fails_on_warnings_of_numpy_and_python(failure):
    assert quiet(lambda x: x + 1, 1.0) == 2.0
    assert "overflow" in failure(quiet, np.exp, np.array([1000.0])).message
    assert failure(quiet, lambda: warnings.warn("old", DeprecationWarning, stacklevel=1)).kind == "warning"


def test_finite_looks_into_nested_results(failure):
    finite((np.ones(2), {"loss": 1.0}, [torch.ones(2)]))
    assert "NaN" in failure(finite, (1.0, np.array([np.nan]))).message
    assert "infinite" in failure(finite, torch.tensor([float("inf")])).message


def test_unchanged_and_deterministic(failure):
    def sorts(x):
        x.sort()
        return x.copy()

    assert failure(unchanged, sorts, np.array([2.0, 1.0])).kind == "changed"
    assert (unchanged(np.sort, np.array([2.0, 1.0])) == [1, 2]).all()
    rng = np.random.default_rng(0)
    assert failure(deterministic, lambda x: x + rng.normal(), 1.0).kind == "unstable"
    assert deterministic(lambda x: x + 1, 1.0) == 2.0


def test_measure_sees_temporaries():
    lean = measure(lambda x: x.sum(), np.ones(1000))
    fat = measure(lambda x: np.outer(x, x).sum(), np.ones(1000))
    assert lean.value == 1000
    assert fat.peak_bytes >= 8_000_000 > 100_000 > lean.peak_bytes
    assert fat.cpu_seconds >= 0


def test_measure_asks_the_process_where_the_function_runs():
    def remote(x): ...

    remote.tutor_measure = lambda x: (x + 1, 0.5, 1234)
    found = measure(remote, 1)
    assert (found.value, found.cpu_seconds, found.peak_bytes) == (2, 0.5, 1234)


def vectorised(x):
    return (x * x).sum()


def looped(x):
    return sum(float(v) * float(v) for v in x)


def test_faster_than_compares_with_a_baseline(failure):
    x = np.ones(20_000)
    faster_than(vectorised, looped, 0.5, x)
    found = failure(faster_than, looped, vectorised, 2.0, x)
    assert found.kind == "slow"
    assert "times the time" in found.message


def test_gradients_compares_with_central_differences(failure):
    x = np.array([[0.5, -1.0], [2.0, 0.1]])
    gradients(lambda x: (x**3).sum(), x, 3 * x**2)
    assert failure(gradients, lambda x: (x**3).sum(), x, 2 * x**2).kind == "gradient"
    assert failure(gradients, lambda x: (x**3).sum(), x, (3 * x**2).ravel()).kind == "shape"
    gradients(lambda x: 0.0, np.zeros((0, 3)), np.zeros((0, 3)))
    with pytest.raises(CheckFailure):
        gradients(lambda x: (x**3).sum(), x, np.full_like(x, np.nan))
