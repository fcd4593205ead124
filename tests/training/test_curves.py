"""Series, thinning, smoothing, visible range."""

from __future__ import annotations

import math
import random

import pytest

from tutor.training.curves import Series, decimate, last_common, leaves_view, smooth, value_at, view_range
from tutor.training.target import Target


def series(values, name="loss"):
    made = Series(name)
    for step, value in enumerate(values):
        made.add(step, value)
    return made


def test_a_short_curve_is_not_thinned():
    assert decimate([1, 2, 3], [4, 5, 6], 10) == ([1, 2, 3], [4, 5, 6])


def test_thinning_keeps_peaks_ends_and_order():
    rng = random.Random(0)
    ys = [rng.random() for _ in range(10_000)]
    ys[4321], ys[7777] = 9.0, -9.0
    xs = list(range(len(ys)))
    thin_x, thin_y = decimate(xs, ys, 50)
    assert len(thin_x) <= 100
    assert 9.0 in thin_y
    assert -9.0 in thin_y
    assert thin_x == sorted(thin_x)
    assert thin_x[0] == 0
    assert thin_x[-1] == 9999
    assert all(ys[x] == y for x, y in zip(thin_x, thin_y, strict=True))


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_thinning_survives_values_that_are_no_numbers(bad):
    ys = [1.0] * 500 + [bad] + [2.0] * 500 + [7.0]
    thin_x, thin_y = decimate(range(len(ys)), ys, 20)
    assert all(map(math.isfinite, thin_y))
    assert 7.0 in thin_y
    assert len(thin_x) <= 40


def test_smoothing_corrects_the_bias_of_the_start():
    assert smooth([5.0] * 4, 0.9) == pytest.approx([5.0] * 4)
    first, second = smooth([1.0, 3.0], 0.5)
    assert first == pytest.approx(1.0)
    assert second == pytest.approx((0.25 * 1 + 0.5 * 3) / 0.75)
    assert smooth([1.0, 2.0], 0.0) == [1.0, 2.0]


def test_a_series_remembers_where_it_stopped_being_a_number():
    made = series([1.0, math.inf, math.nan, 2.0])
    assert made.steps == [0, 3]
    assert made.broke_at == 1
    assert made.broke_with == "inf"


def test_runs_are_compared_at_the_last_step_both_have_reached():
    mine, other = Series("a", [1, 2, 3, 4], [9, 8, 7, 6]), Series("a", [2, 4, 6], [5, 4, 3])
    assert last_common(mine, other) == (4, 6, 4)
    assert value_at(other, 5) == 4
    assert value_at(other, 1) is None
    assert last_common(mine, Series("a")) is None


def test_an_exploding_run_does_not_flatten_the_healthy_one():
    healthy, mad = series([2.0, 1.0, 0.5, 0.4]), series([2.0, 50.0, 1e4, 1e9])
    low, high = view_range([healthy, mad], log=False)
    assert low == 0.0
    assert 2.0 < high < 100
    assert leaves_view(mad, high) == 1
    assert leaves_view(healthy, high) is None
    assert view_range([healthy, mad], log=True) == (0.4, 1e9)


def test_range_of_a_constant_and_of_nothing():
    low, high = view_range([series([3.0, 3.0])], log=False)
    assert low < 3.0 < high
    assert view_range([series([])], log=False) is None
    assert view_range([series([-1.0])], log=True) is None


@pytest.mark.parametrize(
    ("target", "values", "expected"),
    [
        (Target("a", ">=", 0.9), [0.95, 0.8], (False, 0.8)),
        (Target("a", ">=", 0.9, best=True), [0.95, 0.8], (True, 0.95)),
        (Target("a", "<=", 0.1), [0.3, 0.1], (True, 0.1)),
        (Target("a", "<=", 0.1, best=True), [0.05, math.nan], (True, 0.05)),
    ],
)
def test_targets_are_judged(target, values, expected):
    assert target.judge(series(values)) == expected


def test_a_run_that_broke_or_never_measured_has_not_reached():
    target = Target("a", ">=", 0.0)
    assert target.judge(series([0.5, math.nan]))[0] is False
    assert target.judge(None)[0] is False
    assert "best a ≥ 0.5" in Target("a", ">=", 0.5, best=True).sentence()
