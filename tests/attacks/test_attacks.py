"""Every attack of `submissions/`: it earns nothing, learns nothing and harms nothing.

What a machine does not enforce is not tried on it: an attack that `needs` it is skipped there.
"""

from __future__ import annotations

import sys

import pytest

from tutor.grading import limits

attack, table = sys.modules["attacks_attack"], sys.modules["attacks_table"]  # loaded by conftest


def test_a_submission(submission, world):
    lacking = [name for name in limits.missing() if name in submission.needs]
    if lacking:
        pytest.skip(f"nothing guards {', '.join(lacking)} on this machine")
    verdict = world.grade(submission.source(world.known()), submission.exercise, submission.seconds)
    assert not verdict.passed
    earned = [f.check for f in verdict.findings if f.outcome == "passed" and f.check != "allowed"]
    assert not earned, f"earned {earned}"
    world.unharmed(verdict)
    if submission.category == "harm":
        right = world.grade(world.right)
        assert right.passed, right


def test_there_are_enough_and_each_says_what_it_does():
    found = attack.submissions()
    assert len(found) >= 60
    assert {one.category for one in found} == {"forgery", "forbidden", "leaks", "harm"}
    for one in found:
        assert set(one.needs) <= set(limits.sandbox.GUARDS), one.name
        assert one.tries
        assert one.stopped_by
        compile(one.source({}), one.name, "exec")


def test_the_page_shows_every_attack():
    text = table.PAGE.read_text("utf-8")
    assert text == table.page(text), "run `python tests/attacks/table.py --write`"
