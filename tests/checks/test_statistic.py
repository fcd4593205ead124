"""Statistical checks: right code passes thousands of times, wrong code fails every time."""

from __future__ import annotations

import numpy as np
import pytest

from tutor.checks import CheckFailure, frequency, mean_is, uniform

ROUNDS = 300


def test_right_samples_pass_with_every_seed():
    for seed in range(ROUNDS):
        rng = np.random.default_rng(seed)
        frequency(int((rng.random(1000) < 0.3).sum()), 1000, 0.3)
        frequency(int((rng.random(1000) < 0.001).sum()), 1000, 0.001)
        mean_is(rng.normal(2.0, 3.0, size=1000), 2.0, 3.0)
        uniform(np.bincount(rng.integers(0, 7, size=2000), minlength=7))


def test_wrong_samples_fail_with_every_seed():
    for seed in range(30):
        rng = np.random.default_rng(seed)
        with pytest.raises(CheckFailure):
            frequency(int((rng.random(2000) < 0.5).sum()), 2000, 0.3)
        with pytest.raises(CheckFailure):
            mean_is(rng.normal(2.5, 1.0, size=1000), 2.0, 1.0)
        with pytest.raises(CheckFailure):
            uniform(np.bincount(np.minimum(rng.integers(0, 7, size=3000), 5), minlength=7))


def test_certain_and_impossible_events_leave_a_margin_of_a_few_counts_only():
    frequency(1000, 1000, 1.0)
    frequency(0, 1000, 0.0)
    with pytest.raises(CheckFailure):
        frequency(980, 1000, 1.0)


def test_nan_is_no_mean():
    with pytest.raises(CheckFailure):
        mean_is([1.0, float("nan")], 1.0, 1.0)


def test_the_message_has_the_numbers():
    with pytest.raises(CheckFailure, match="keeping happened 900 times in 1000"):
        frequency(900, 1000, 0.5, "keeping")
    with pytest.raises(CheckFailure, match="number 2 came 300 times"):
        uniform([0, 0, 300, 0])
