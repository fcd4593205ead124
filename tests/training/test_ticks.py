"""Round numbers on axes."""

from __future__ import annotations

import random

import pytest

from tutor.training.ticks import log_ticks, nice_ticks, tick_label


def test_ticks_are_round_and_inside():
    rng = random.Random(1)
    for _ in range(500):
        low = rng.uniform(-1, 1) * 10 ** rng.randint(-6, 6)
        high = low + 10 ** rng.uniform(-4, 6)
        ticks = nice_ticks(low, high, 5)
        assert 1 <= len(ticks) <= 5
        step = 10**-9 * max(abs(low), abs(high))
        assert all(low - step <= t <= high + step for t in ticks)
        if len(ticks) > 1:
            mantissa = float(f"{ticks[1] - ticks[0]:.6e}".split("e")[0])
            assert mantissa == pytest.approx(1, rel=1e-3) or round(mantissa, 3) in (2, 2.5, 5, 10)


def test_usual_axes():
    assert nice_ticks(0, 1, 5) == [0, 0.25, 0.5, 0.75, 1]
    assert nice_ticks(0, 300, 4) == [0, 100, 200, 300]
    assert nice_ticks(-1.3, 1.3, 4) == [-1, 0, 1]


def test_strange_axes():
    assert nice_ticks(2, 2, 5) == [2]
    assert nice_ticks(0, float("inf"), 5) == []
    assert nice_ticks(0, 5e-324, 5) == [0]


def test_logarithmic_ticks():
    assert log_ticks(1e-3, 10, 6) == pytest.approx([1e-3, 1e-2, 0.1, 1, 10])
    assert log_ticks(0.4, 3, 6) == [0.5, 1, 2]
    assert len(log_ticks(1e-12, 1e12, 5)) <= 5
    assert log_ticks(-1, 3) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.25, "0.25"), (1500, "1500"), (20000, "20k"), (1e-6, "1e-6"), (2.5e-7, "2.5e-7"), (3e8, "3e8")],
)
def test_labels_are_short(value, text):
    assert tick_label(value) == text
