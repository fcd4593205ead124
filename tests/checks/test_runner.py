"""The pytest plugin: one finding for each check, and only a check that ran to its end is passed."""

from __future__ import annotations

import os

import pytest

from tutor.checks.checkfile import FailedCheck
from tutor.model import CourseError

PROGRAM = """
def double(x):
    return 2 * x

def broken(x):
    raise KeyError("gone")

def stub(x):
    raise NotImplementedError
"""


def outcomes(findings):
    return {finding.check: finding.outcome for finding in findings}


def test_findings_come_in_the_order_of_the_file(verdict):
    checks = '''
def test_b(mine):
    """Doubles."""
    assert mine.double(2) == 4

def test_a(mine):
    """Doubles again.

    More for authors.
    """
    assert mine.double(2) == 5
'''
    findings = verdict(checks, PROGRAM)
    assert [(f.check, f.sentence, f.outcome) for f in findings] == [
        ("test_b", "Doubles.", "passed"),
        ("test_a", "Doubles again.", "failed"),
    ]
    assert findings[1].message.startswith("4 == 5")


@pytest.mark.parametrize(
    ("body", "outcome", "words"),
    [
        ("assert mine.broken(1)", "error", "KeyError: 'gone'"),
        ("mine.stub(1)", "error", "not implemented yet"),
        ("mine.missing(1)", "error", "has no attribute 'missing'"),
        ("raise SystemExit(0)", "error", "SystemExit"),
        ("import pytest; pytest.skip('today')", "not_run", "skipped"),
        ("import pytest; pytest.xfail('known')", "not_run", "skipped"),
        ("import pytest; pytest.exit('stop')", "error", "stop"),
        ("return 3", "passed", ""),
    ],
)
def test_how_a_check_can_end(verdict, body, outcome, words):
    (finding,) = verdict(f"def test_it(mine):\n    {body}\n", PROGRAM)
    assert finding.outcome == outcome
    assert words in finding.message


def test_a_mark_that_skips_is_not_a_pass(verdict):
    checks = "import pytest\n@pytest.mark.skip(reason='later')\ndef test_it(mine): pass\ndef test_that(mine): pass\n"
    assert outcomes(verdict(checks)) == {"test_it": "not_run", "test_that": "passed"}


def test_a_fixture_that_breaks_is_not_a_pass(verdict):
    checks = "import pytest\n@pytest.fixture\ndef data(): raise OSError('no file')\ndef test_it(mine, data): pass\n"
    (finding,) = verdict(checks)
    assert finding.outcome == "not_run"
    assert "no file" in finding.message


def test_fixtures_and_parameters_of_the_file_work(verdict):
    checks = """
import pytest
@pytest.fixture
def two(): return 2
@pytest.mark.parametrize("n", [1, 3])
def test_it(mine, two, n): assert mine.double(n) == two * n
"""
    findings = verdict(checks, PROGRAM)
    assert outcomes(findings) == {"test_it[1]": "passed", "test_it[3]": "passed"}


def test_each_draw_is_another_one_and_the_first_failing_one_is_reported(verdict):
    checks = '''
from tutor.checks import draws, holds
seen = []
@draws(10)
def test_it(mine, draw):
    """Draws."""
    seen.append(draw.float(0, 1))
    holds(len(set(seen)) == len(seen), "the same draw came twice")
    holds(draw.index < 7, "seven is too many", got=draw.index)
'''
    (finding,) = verdict(checks, seed=5)
    assert finding.message == "seven is too many"
    assert finding.draw == "draw 8 of 10, seed 5"
    assert finding.got == "7"


def test_only_some_checks(verdict):
    checks = "def test_a(mine): pass\ndef test_b(mine): pass\n"
    assert outcomes(verdict(checks, only=("test_b",))) == {"test_b": "passed"}
    with pytest.raises(CourseError, match="has no check 'test_c'"):
        verdict(checks, only=("test_c",))


def test_who_listens_is_told_as_it_happens(verdict):
    told = []
    checks = "def test_a(mine): pass\ndef test_b(mine): assert 0\n"
    verdict(
        checks,
        on_manifest=lambda names: told.append(names),
        on_start=lambda name: told.append(f"start {name}"),
        on_finding=lambda finding: told.append(finding.outcome),
    )
    assert told == [("test_a", "test_b"), "start test_a", "passed", "start test_b", "failed"]


def test_what_is_printed_belongs_to_the_finding_and_nowhere_else(verdict, capsys):
    (finding,) = verdict("def test_it(mine):\n    mine.say()\n    assert 0\n", "def say(): print('hello \\x1b[31m')")
    assert finding.output.startswith("hello \\x1b")
    assert capsys.readouterr().out == ""


def test_the_learners_own_lines_are_shown_and_no_others(verdict):
    (finding,) = verdict("def test_it(mine): mine.broken(1)\n", PROGRAM)
    assert finding.traceback == "it.py, line 6, in broken\n    raise KeyError(\"gone\")\nKeyError: 'gone'"


def test_the_input_of_a_call_that_raised_is_shown(verdict):
    checks = "from tutor.checks import same\ndef test_it(mine): same(mine.broken, abs, -3.5)\n"
    (finding,) = verdict(checks, PROGRAM)
    assert finding.input == "broken(-3.5)\nx = -3.5"


def test_a_failure_ends_the_run_when_the_exception_says_so(verdict):
    program = """
class Dead(BaseException):
    tutor_outcome = "timeout"
    tutor_ends_run = "the code did not stop"
def f(): raise Dead("took 10 s")
"""
    findings = verdict("def test_a(mine): mine.f()\ndef test_b(mine): pass\n", program)
    assert [(f.outcome, f.message) for f in findings] == [
        ("timeout", "Dead: took 10 s"),
        ("not_run", "the code did not stop"),
    ]


@pytest.mark.parametrize(
    "source", ["def test_it(mine:\n", "import no_such_module\n", "1 / 0\n", "", "def helper(): pass\n"]
)
def test_a_file_of_checks_that_cannot_be_used_is_the_courses_mistake(verdict, source):
    with pytest.raises(CourseError, match=r"test_it\.py"):
        verdict(source)


def test_the_users_pytest_settings_stay_out(verdict, monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option -k nothing")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    assert outcomes(verdict("def test_it(mine): pass\n")) == {"test_it": "passed"}
    assert os.environ["PYTEST_ADDOPTS"] == "--no-such-option -k nothing"


def test_a_conftest_beside_the_checks_stays_out(verdict, tmp_path):
    (tmp_path / "conftest.py").write_text("raise OSError('not for you')")
    assert outcomes(verdict("def test_it(mine): pass\n")) == {"test_it": "passed"}


def test_changed_checks_are_read_again_and_nothing_is_written(verdict, tmp_path):
    assert outcomes(verdict("def test_it(mine): pass\n")) == {"test_it": "passed"}
    assert outcomes(verdict("def test_it(mine): assert 0\n")) == {"test_it": "failed"}
    assert not list(tmp_path.rglob("*.pyc"))


@pytest.mark.parametrize("use", ["np.random.normal()", "np.random.seed(0)", "random.random()"])
def test_the_global_generators_are_out_of_bounds(verdict, use):
    program = f"import random\nimport numpy as np\ndef f(): {use}\n"
    (finding,) = verdict("def test_it(mine): mine.f()\n", program)
    assert "global generator" in finding.message


def test_last_call_knows_what_the_last_call_did(verdict):
    checks = """
from tutor.checks import last_call
def test_it(mine):
    assert last_call(mine) is None
    mine.f(3)
    info = last_call(mine)
    assert (info.name, info.random_used) == ("f", ("torch",))
    assert last_call(mine.f) == info
"""
    assert outcomes(verdict(checks, "import torch\ndef f(n): return torch.rand(n)\n")) == {"test_it": "passed"}


def test_a_failure_can_be_run_again_with_other_programs(verdict):
    asked: list[FailedCheck] = []
    checks = """
from tutor.checks import draws, same
def test_small(mine): same(mine.double, lambda x: x * 2, 0.0)
@draws(4)
def test_it(mine, draw): same(mine.double, lambda x: x * 2, draw.index - 1.0)
"""
    verdict(checks, "def double(x): return x * 2 if x < 1 else x", diagnose=lambda failed: asked.append(failed))
    (failed,) = asked
    assert (failed.name, failed.index, failed.count) == ("test_it", 2, 4)

    class Zero:
        double = staticmethod(lambda x: 0.0)

    assert failed.rerun(Zero(), 1) is None
    assert failed.rerun(Zero(), 3).got == 0.0
    assert failed.rerun(failed.mine, 0) is None
    assert [passes(Zero()) is None for passes in failed.passed] == [False, True, True]


def test_float32_is_tried_with_every_option_of_a_pick(verdict):
    checks = """
from tutor.checks import draws, same
seen = set()

@draws(24)
def test_it(mine, draw):
    options = draw.bool(), draw.pick(1, 2, 3)
    x = draw.array(3)

    def look(x):
        seen.add((x.dtype.name, *options))
        return x * 2

    same(look, lambda x: x * 2, x)

def test_all(mine):
    assert len(seen) == 12, sorted(seen)
"""
    assert set(outcomes(verdict(checks)).values()) == {"passed"}


def test_of_a_few_draws_all_are_tried_in_both_precisions(verdict):
    program = """
def f(x):
    return x * 2 if x.dtype == "float64" or x[0] != 5 else x * 3
"""
    checks = """
import numpy as np
from tutor.checks import draws, same

@draws(6)
def test_it(mine, draw):
    same(mine.f, lambda x: x * 2, np.array([float(draw.index)]))
"""
    (finding,) = verdict(checks, program)
    assert finding.draw == "draw 6 of 6, seed 0"
