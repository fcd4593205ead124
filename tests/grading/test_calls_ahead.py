"""`same` sends the calls of all its passes in one go: what that must not change."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tutor.checks import CheckFailure, same
from tutor.checks.calls import last_call
from tutor.grading.errors import LearnerDiedError

SOURCE = """
import os
import sys
import numpy as np
import torch

COUNT = [0]

def double(x):
    return 2 * x

def counted(x):
    COUNT[0] += 1
    return x + COUNT[0]

def count():
    return COUNT[0]

def only_float64(x):
    if x.dtype != np.float64:
        raise ValueError("no floats of this kind")
    return 2 * x

def leaves(x):
    if x.dtype != np.float64:
        sys.exit(3)
    return 2 * x

def overwrites(x):
    x *= 2
    return x

def square(x):
    return x * x

def reads(items):
    return 2 * sum(items)
"""


def _double(x):
    return 2 * x


def _requests(mine):
    peer, asked = mine._learner.peer, []
    begin = peer.begin

    def counting(operation, *arguments):
        asked.append(operation)
        return begin(operation, *arguments)

    peer.begin = counting
    return asked


def test_all_passes_are_one_question(talk):
    mine = talk(SOURCE)
    double = mine.double
    asked = _requests(mine)
    same(double, _double, np.arange(3.0))
    assert asked.count("calls") == 1
    assert "call" not in asked


def test_a_result_that_changes_between_the_calls_is_seen(talk):
    mine = talk(SOURCE)
    with pytest.raises(CheckFailure, match="second call"):
        same(mine.counted, lambda x: x + 1, np.arange(3.0))
    assert mine.count() == 3  # float64, the same again, float32


def test_an_exception_in_a_later_pass_is_raised_with_its_own_arguments(talk):
    mine = talk(SOURCE)
    with pytest.raises(ValueError, match="no floats of this kind") as caught:
        same(mine.only_float64, _double, np.arange(3.0))
    assert caught.value.__dict__["tutor_input"]["x"].dtype == np.float32
    assert "in only_float64" in caught.value.tutor_traceback


def test_an_exit_in_a_later_pass_ends_the_run(talk):
    mine = talk(SOURCE)
    with pytest.raises(LearnerDiedError, match=r"sys\.exit"):
        same(mine.leaves, _double, np.arange(3.0))
    with pytest.raises(LearnerDiedError):
        mine.double(1)


def test_arguments_changed_in_place_are_told_for_each_call(talk):
    mine = talk(SOURCE)
    with pytest.raises(CheckFailure, match="changed in place"):
        same(mine.overwrites, _double, np.arange(3.0), may_alias=True)


def test_gradients_cross_for_each_pass(talk):
    mine = talk(SOURCE)
    x = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
    same(mine.square, torch.square, x)
    with pytest.raises(CheckFailure, match="gradient of x"):
        same(mine.square, lambda x: (x * x).detach() + x - x.detach(), x)


def test_a_reference_may_ask_the_learner_meanwhile(talk):
    """The answer on its way is taken first."""
    mine = talk(SOURCE)
    square = mine.square
    same(mine.double, lambda x: square(x) / x * 2, np.array([1.0, 2.0, 3.0]))


def test_a_reference_that_breaks_leaves_the_conversation_in_order(talk):
    mine = talk(SOURCE)
    with pytest.raises(ZeroDivisionError):
        same(mine.double, lambda x: 1 // 0, np.arange(3.0))
    assert mine.double(4) == 8


def test_what_is_more_than_data_is_passed_one_call_after_the_other(talk):
    mine = talk(SOURCE)
    reads = mine.reads
    asked = _requests(mine)
    same(reads, lambda items: 2 * sum(items), iter([1.0, 2.0]))
    assert "calls" not in asked


def test_the_record_is_that_of_the_last_call_taken(talk):
    mine = talk(SOURCE)
    same(mine.double, _double, np.arange(3.0))
    assert last_call(mine).name == "double"
    assert last_call(mine).cpu_seconds is not None
    assert mine.tutor_last_result.dtype == np.float32
