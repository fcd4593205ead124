"""Review intervals, streaks and time spent: pure arithmetic on moments."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tutor.progress.review import INTERVALS, reviews
from tutor.progress.stats import longest_streak, streak, time_spent
from tutor.progress.store import Attempt, Event

DAY = 86_400.0


def graded(at, outcome="passed", exercise="softmax"):
    return Attempt(exercise, outcome, "00", 0.1, 0, "cpu", "1", 1, 1, at=at)


def reset(at, exercise="softmax"):
    return Event("reset", exercise, at=at)


def test_intervals_grow():
    assert list(INTERVALS) == sorted(set(INTERVALS))


def test_a_pass_is_due_after_the_first_interval():
    (review,) = reviews([graded(100.0)], [])
    assert (review.exercise, review.done) == ("softmax", 0)
    assert review.due == 100.0 + INTERVALS[0] * DAY


def test_grading_the_same_file_again_is_no_review():
    (review,) = reviews([graded(100.0), graded(100.0 + 5 * DAY), graded(100.0 + 6 * DAY, "failed")], [])
    assert review.due == 100.0 + INTERVALS[0] * DAY


def test_writing_it_again_moves_to_the_next_interval():
    times = [3 * DAY, 12 * DAY]
    (review,) = reviews([graded(0.0), *(graded(t) for t in times)], [reset(t - 60) for t in times])
    assert review.done == 2
    assert review.due == 12 * DAY + INTERVALS[2] * DAY


def test_the_last_interval_stays():
    count = len(INTERVALS) + 3
    moments = [float(n) for n in range(1, count + 1)]
    (review,) = reviews([graded(0.5), *(graded(t) for t in moments)], [reset(t - 0.1) for t in moments])
    assert review.done == count
    assert review.due == moments[-1] + INTERVALS[-1] * DAY


def test_a_reset_before_the_first_pass_is_no_review():
    (review,) = reviews([graded(0.0, "failed"), graded(9.0)], [reset(5.0)])
    assert review.done == 0


def test_failed_exercises_are_not_reviewed_and_the_oldest_comes_first():
    found = reviews([graded(50.0, exercise="b"), graded(10.0, exercise="a"), graded(1.0, "failed", "c")], [])
    assert [r.exercise for r in found] == ["a", "b"]


def test_overdue_is_never_negative():
    (review,) = reviews([graded(1000 * DAY)], [])
    assert review.overdue_days(0.0) == 0.0
    assert review.overdue_days(review.due + 3 * DAY) == 3.0


def test_time_spent_leaves_pauses_out_whatever_the_clock_did():
    assert time_spent([0, 60, 120, 5000, 5060]) == 180
    assert time_spent([5060, 120, 0, 5000, 60]) == 180
    assert time_spent([]) == 0


@pytest.mark.parametrize(
    ("ago", "current", "longest"),
    [([], 0, 0), ([0], 1, 1), ([1, 2], 2, 2), ([2, 3], 0, 2), ([0, 1, 3, 4, 5], 2, 3), ([-1, 0], 1, 2)],
)
def test_streaks(ago, current, longest):
    today = date(2026, 3, 1)
    days = {today - timedelta(days=n): 1 for n in ago}
    assert streak(days, today) == current
    assert longest_streak(days) == longest
