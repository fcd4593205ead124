"""Hidden checks say whether they passed: no values, no text, no time; nothing of them is sent along."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tutor.grading import record
from tutor.model import Finding, Limits

VISIBLE = """
def test_twice(mine):
    '''It doubles.'''
    assert mine.f(2) == 4
"""
SECRET = "31337"
HIDDEN = f"""
from tutor.checks import close, draws
def test_hidden_number(mine):
    '''It doubles what you have not seen.'''
    close(mine.f({SECRET}), 2 * {SECRET}, "the double")
def test_twice(mine):
    '''It doubles again.'''
    assert mine.f(5) == 10
"""
RIGHT = "def f(x):\n    return x * 2\n"


@pytest.fixture
def graded(bench, tmp_path):
    bench.exercise("ex", VISIBLE, solution=RIGHT)
    hidden = tmp_path / "elsewhere" / "test_hidden.py"
    hidden.parent.mkdir()
    hidden.write_text(HIDDEN, "utf-8")
    return lambda source, **more: bench.grade(source, hidden=hidden, **more)


def concealed(findings: tuple[Finding, ...]) -> list[Finding]:
    found = [f for f in findings if f.hidden]
    for finding in found:
        assert (finding.input, finding.expected, finding.got, finding.difference) == ("", "", "", "")
        assert (finding.traceback, finding.output, finding.draw, finding.seconds) == ("", "", "", 0.0)
        assert finding.diagnosis is None
    return found


def test_they_count_and_say_only_whether_they_passed(graded):
    verdict = graded(RIGHT)
    assert verdict.passed
    assert [f.check for f in verdict.findings] == ["test_twice", "test_hidden_number", "test_twice"]
    assert [f.hidden for f in verdict.findings] == [False, True, True]
    wrong = graded("def f(x):\n    return 2 * x if x < 100 else 7\n")
    assert wrong.outcome == "failed"
    assert [f.outcome for f in concealed(wrong.findings)] == ["failed", "passed"]


@pytest.mark.parametrize(
    "body",
    [
        "raise ValueError(f'input was {x}')",
        "print('input was', x)\n    return 0",
        "import sys; sys.stderr.write(str(x)); sys.exit(str(x))",
        "import warnings; warnings.warn(str(x))\n    return str(x)",
        "import os; os.write(1, str(x).encode()); os._exit(3)",
        "globals()['kept'] = x\n    return 0",
    ],
)
def test_inputs_do_not_come_out(graded, body):
    verdict = graded(f"kept = None\ndef f(x):\n    print('kept', kept)\n    if x == 2: return 4\n    {body}\n")
    assert not verdict.passed
    # As numbers of their own: the digits also occur within durations and hashes now and then.
    told = json.dumps(record.verdict_to_json(verdict))
    assert not re.search(rf"(?<![\w.])({SECRET}|{2 * int(SECRET)})(?!\w)", told)
    concealed(verdict.findings)


def test_a_run_that_breaks_off_conceals_too(graded):
    verdict = graded(
        "import time\ndef f(x):\n    time.sleep(x - 2)\n    return 2 * x\n", limits=Limits(check_seconds=1)
    )
    assert [f.outcome for f in concealed(verdict.findings)] == ["timeout", "not_run"]
    broken = graded("1 +")
    assert [f.outcome for f in concealed(broken.findings)] == ["not_run", "not_run"]


def test_a_subset_has_none(graded):
    assert [f.hidden for f in graded(RIGHT, checks=("test_twice",)).findings] == [False]


def test_the_learner_process_can_open_neither_checks_nor_solution(graded, bench, tmp_path):
    places = [str(path) for path in tmp_path.rglob("*") if path.is_file()]
    source = f"""
    places = {places!r}
    def f(x):
        for place in places:
            try:
                print("opened", open(place).read())
            except OSError:
                pass
        return 2 * x
    """
    verdict = graded(source)
    assert verdict.passed
    assert len(places) > 4
    if verdict.limits["file system"] != "not enforced":
        assert verdict.findings[0].output == ""
        assert Path(places[0]).exists()
