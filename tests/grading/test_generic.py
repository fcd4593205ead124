"""Each generic diagnosis is given to a learner who makes the mistake, and to nobody else."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tutor.checks import CheckFailure, from_torch, gradients, same
from tutor.checks.checkfile import FailedCheck
from tutor.grading.advice import ADVICE
from tutor.grading.generic import candidates, generic_diagnosis

RNG = np.random.default_rng(0)
SQUARE, X = RNG.normal(size=(4, 4)), RNG.normal(size=(3, 5))
VECTOR = RNG.normal(size=6)


def names(learner, reference, *args, **kwargs):
    with pytest.raises(CheckFailure) as caught:
        same(learner, reference, *args, **kwargs)
    return [diagnosis.name for diagnosis in candidates(caught.value)]


def mean(x):
    return float(x.mean())


def softmax(x, axis=1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def sorts_in_place(x):
    x.sort()
    return x.copy()


VALUES = [
    # name, learner, reference, argument
    ("returned None", lambda x: None, np.exp, X),
    ("one-element array", lambda x: x.mean(keepdims=True), mean, X),
    ("one-element array", lambda x: np.array(x.mean()), mean, X),
    ("not reduced to a number", lambda x: x.mean(axis=0), mean, X),
    ("one value of several", lambda x: x, lambda x: (x.copy(), x * 2), X),
    ("promoted to float64", lambda x: np.float64(2) * x, lambda x: 2.0 * x, X),
    ("digits lost", lambda x: (2.0 * x).astype(np.float32), lambda x: 2.0 * x, X),
    ("truth values", lambda x: x > 0, lambda x: (x > 0).astype(np.int64), X),
    ("wrong dtype", lambda x: (x > 0).astype(np.int32), lambda x: (x > 0).astype(np.int64), X),
    ("transposed", lambda x: np.exp(x).T, np.exp, X),
    ("transposed", lambda x: np.exp(x).T.copy(), np.exp, SQUARE),
    ("transposed shape", lambda x: np.cos(x).T, np.exp, X),
    ("broadcast shape", lambda x: x[:, None] - x[None, :], lambda x: x - x, VECTOR),
    ("an axis too many", lambda x: x.sum(axis=1, keepdims=True), lambda x: x.sum(axis=1), X),
    ("an axis lost", lambda x: x.sum(axis=1), lambda x: x.sum(axis=1, keepdims=True), X),
    ("wrong axis reduced", lambda x: x.sum(axis=0), lambda x: x.sum(axis=1), X),
    ("reduced over everything", lambda x: np.array(x.sum()), lambda x: x.sum(axis=1), X),
    ("not reduced", lambda x: x * 1, lambda x: x.sum(axis=1), X),
    ("one too many", lambda x: np.append(x, 0.0), np.copy, VECTOR),
    ("one too few", lambda x: x[:-1].copy(), np.copy, VECTOR),
    ("NaN where a number is due", lambda x: x * np.nan, np.copy, X),
    ("infinite where a number is due", lambda x: np.where(x > 0, np.inf, x), np.copy, X),
    ("all zeros", np.zeros_like, np.copy, X),
    ("sign flipped", np.negative, np.copy, X),
    ("twice", lambda x: x * 2, np.copy, X),
    ("half", lambda x: x / 2, np.copy, X),
    ("minus twice", lambda x: -2 * x, np.copy, X),
    ("minus half", lambda x: -x / 2, np.copy, X),
    ("base 2", lambda x: np.log2(np.abs(x)), lambda x: np.log(np.abs(x)), X),
    ("base 10", lambda x: np.log10(np.abs(x)), lambda x: np.log(np.abs(x)), X),
    ("summed over rows of x", lambda x: x.sum(axis=0), lambda x: x.mean(axis=0), X),
    ("summed over columns of x", lambda x: x.sum(axis=1), lambda x: x.mean(axis=1), X),
    ("summed over elements of x", lambda x: float(x.sum()), mean, X),
    ("summed over entries along axis 1 of x", lambda x: x.sum(1), lambda x: x.mean(1), RNG.normal(size=(2, 7, 3))),
    ("averaged over rows of x", lambda x: x.mean(axis=0), lambda x: x.sum(axis=0), X),
    ("averaged over elements of x", mean, lambda x: float(x.sum()), X),
    ("root of columns of x missing", lambda x: x @ x.T, lambda x: x @ x.T / np.sqrt(5), X),
    ("over the root of columns of x", lambda x: x @ x.T / np.sqrt(5), lambda x: x @ x.T, X),
    ("constant factor", lambda x: 0.37 * x, np.copy, X),
    ("late by one", lambda x: np.roll(x, 1), np.copy, VECTOR),
    ("early by one", lambda x: np.roll(x, -1, axis=1), np.copy, X),
    ("reversed", lambda x: x[::-1].copy(), np.copy, VECTOR),
    ("wrong axis", lambda x: softmax(x, axis=0), softmax, X),
    ("off by one", lambda x: x.argmax(axis=0) + 1, lambda x: x.argmax(axis=0), X),
    ("constant offset", lambda x: x + 0.25, np.copy, X),
    ("the same number everywhere", lambda x: np.full_like(x, x.mean()), np.copy, X),
    ("changed in place", sorts_in_place, np.sort, VECTOR),
    ("shares memory", lambda x: x[:], np.copy, X),
]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("name", "learner", "reference", "argument"), VALUES, ids=[v[0] for v in VALUES])
def test_the_learner_who_makes_it_is_told(name, learner, reference, argument):
    def named(x):
        return learner(x)

    found = names(named, reference, argument, dtypes=("float64", "float32"))
    assert name in found
    ambiguous = {"summed over elements of x", "averaged over elements of x", "base 2"}
    assert found[0] == name or name in ambiguous


def torch_softmax(x):
    return torch.softmax(x, -1)


TORCH = [
    ("detached graph", lambda x: torch_softmax(x).detach()),
    ("detached graph", lambda x: torch_softmax(x.data) + 0 * x.detach()),
    ("gradient: all zeros", lambda x: torch_softmax(x.detach()) + 0 * x),
    ("gradient: sign flipped", lambda x: 2 * torch_softmax(x).detach() - torch_softmax(x)),
    ("gradient: twice", lambda x: 2 * torch_softmax(x) - torch_softmax(x).detach()),
    ("gradient wrong, values right", lambda x: torch_softmax(x) + (x - x.detach()) ** 2 + x**3 - x.detach() ** 3),
    ("values wrong, gradient right", lambda x: torch_softmax(x) + x.detach() ** 2),
    ("constant offset", lambda x: torch_softmax(x) + 0.5),
]


@pytest.mark.parametrize(("name", "learner"), TORCH, ids=[v[0] for v in TORCH])
def test_wrong_gradients_are_told_apart_from_wrong_values(name, learner):
    assert names(learner, torch_softmax, torch.tensor(X, requires_grad=True))[0] == name


def test_a_right_gradient_is_mentioned_with_wrong_values():
    with pytest.raises(CheckFailure) as caught:
        same(lambda x: torch_softmax(x) + 0.5, torch_softmax, torch.tensor(X, requires_grad=True))
    assert "The gradient is right" in next(candidates(caught.value)).message


def test_the_other_values_are_mentioned_with_one_wrong_one():
    with pytest.raises(CheckFailure) as caught:
        same(lambda x: (mean(x) * 2, x * 2), lambda x: (mean(x), x * 2), X)
    assert next(candidates(caught.value)).message.endswith("The other returned values are right.")


def test_randomness_and_state_are_recognised():
    calls = []

    def moody(x):
        calls.append(x)
        return x * 2 + 1e-15 * len(calls)

    assert names(moody, lambda x: x * 2, np.array([1.0, 1.0])) == ["not repeatable"]


def test_a_plain_wrong_number_has_no_generic_name():
    assert names(lambda x: x**2, np.exp, X) == []


def test_every_advice_can_be_filled_in_and_is_reachable():
    told = {diagnosis for diagnosis, *_ in VALUES} | {name.removeprefix("gradient: ") for name, _ in TORCH}
    rare = {"not repeatable", "global random numbers", "not a plain number", "one-element array for a 0-d one"}
    for name in ADVICE:
        words = name.partition("{")[0].strip()
        assert name in rare or any(known.startswith(words) for known in told), name


def test_numpy_numbers_and_arrays_of_one_element():
    assert names(lambda x: np.float32(x.mean()), mean, X) == ["not a plain number"]
    assert "one-element array for a 0-d one" in names(lambda x: x.sum(keepdims=True), from_torch(torch.sum), X)


def test_later_draws_decide_between_two_names():
    """On two rows `twice` and `summed over the rows` look alike; on three they do not."""

    def failing(learner):
        def rerun(mine, index):
            with pytest.raises(CheckFailure) as caught:
                same(learner, lambda x: x.mean(axis=0), RNG.normal(size=(2 + index, 4)))
            return caught.value

        return FailedCheck("test", rerun(None, 0), None, 0, 6, rerun)

    assert generic_diagnosis(failing(lambda x: x.sum(axis=0))).name == "summed over rows of x"
    assert generic_diagnosis(failing(lambda x: x.mean(axis=0) * 2)).name == "twice"


def test_what_explains_nothing_is_not_said():
    """Last digits, a float for an int, a list for a tuple, a part that is None, truth values, a mask, no autograd."""
    assert names(lambda x: x + 1e-7, np.copy, X) == []
    assert names(lambda x: x * (1 + 1e-6), np.copy, X) == []
    assert names(lambda x: 2.5, lambda x: 2, X) == []
    assert names(lambda x: [1, 2], lambda x: (1, 2), X) == []
    assert names(lambda x: {"a": x * 2, "b": None}, lambda x: {"a": x * 2, "b": x * 3}, X) == []
    assert names(lambda x: x < 9, lambda x: x > 9, X) == []
    assert names(lambda x: np.full(3, -np.inf), lambda x: np.array([1.0, -np.inf, 2.0]), X) == []
    with pytest.raises(CheckFailure) as caught:
        gradients(lambda v: float((v**2).sum()), X, X)
    assert list(candidates(caught.value)) == []
