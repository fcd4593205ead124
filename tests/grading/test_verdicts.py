"""Verdicts end to end: needs, forbidden operations, devices, seeds, subsets, diagnosis, records, debug."""
# ruff: noqa: E501  whole programs and messages on one line each read better than wrapped ones

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest

from tutor.grading.client import debug, grade_once
from tutor.grading.record import (
    finding_from_json,
    finding_to_json,
    job_from_json,
    job_to_json,
    schema,
    verdict_from_json,
    verdict_to_json,
)
from tutor.model import CourseError, Limits, Need, Verdict

CHECKS = '''
import numpy as np
from tutor.checks import draws, same

def total(x):
    return x.sum()

@draws(5)
def test_sums(mine, draw):
    """Adds up everything."""
    same(mine.f, total, draw.array(draw.shape()))

def test_prints(mine):
    """Says nothing."""
    assert mine.f(np.ones(3)) == 3
'''
RIGHT = "import numpy as np\ndef f(x):\n    return np.sum(x)\n"
VARIANTS = """
import numpy as np
from tutor.checks import accept, reject

@reject("averages", "That is the mean: do not divide.")
def f(x):
    return np.mean(x)
"""


def outcomes(verdict) -> list[str]:
    return [f.outcome for f in verdict.findings]


@pytest.fixture
def sums(bench):
    bench.exercise("ex", CHECKS, solution=RIGHT, variants=VARIANTS)
    return bench


def test_a_pass(sums):
    verdict = sums.grade(RIGHT, seed=4)
    assert verdict.passed
    assert verdict.counted
    assert [f.sentence for f in verdict.findings] == ["Adds up everything.", "Says nothing."]
    assert (verdict.course, verdict.course_version, verdict.seed, verdict.device) == ("tiny", "1.2", 4, "cpu")
    assert verdict.sha256 == hashlib.sha256(RIGHT.encode()).hexdigest()
    assert verdict.path == "/somewhere/ex.py"
    assert verdict.versions["numpy"] == np.__version__
    assert verdict.limits["sandbox"].startswith("auto")


def test_a_failure_is_explained_and_diagnosed(sums):
    verdict = sums.grade("import numpy as np\ndef f(x):\n    print('here')\n    return np.mean(x)\n")
    finding = verdict.findings[0]
    assert verdict.outcome == finding.outcome == "failed"
    assert finding.diagnosis is not None
    assert finding.diagnosis.message == "That is the mean: do not divide."
    assert finding.output.strip() == "here\nhere" or "here" in finding.output
    assert finding.input
    assert finding.expected
    assert finding.got
    assert finding.draw.startswith("draw ")


def test_an_error_shows_the_learners_lines_only(sums):
    finding = sums.grade("def f(x):\n    return g(x)\ndef g(x):\n    return x.summ()\n").findings[0]
    assert finding.outcome == "error"
    assert "AttributeError" in finding.message
    assert "line 2, in f" in finding.traceback
    assert "return x.summ()" in finding.traceback
    assert "tutor" not in finding.traceback


def test_an_untouched_stub(sums):
    verdict = sums.grade("def f(x):\n    raise NotImplementedError\n")
    assert all("not implemented yet" in f.message for f in verdict.findings)


def test_the_same_seed_gives_the_same_verdict(sums):
    source = "def f(x):\n    return x.sum() * (1 + 1e-3 * (x.size > 6))\n"
    first, second = (sums.grade(source, seed=9) for _ in range(2))
    assert [(f.draw, f.got) for f in first.findings] == [(f.draw, f.got) for f in second.findings]


def test_a_subset_never_counts(sums):
    verdict = sums.grade(RIGHT, checks=("test_prints",))
    assert [f.check for f in verdict.findings] == ["test_prints"]
    assert verdict.passed
    assert not verdict.counted


def test_random_state_is_shared(bench):
    checks = """
    import numpy as np, random, torch
    def test_seeds(mine):
        for seed in range(3):
            np.random.seed(seed); random.seed(seed); torch.manual_seed(seed)
            ours = np.random.rand(), random.random(), torch.rand(2).tolist()
            np.random.seed(seed); random.seed(seed); torch.manual_seed(seed)
            assert mine.f() == ours
        after = mine.f()
        assert after != (np.random.rand(), random.random(), torch.rand(2).tolist())
    """
    source = "import numpy as np, random, torch\ndef f():\n    return np.random.rand(), random.random(), torch.rand(2).tolist()\n"
    bench.exercise("ex", checks, solution=source, front='framework = "torch"')
    verdict = bench.grade(source)
    assert "global generator" in verdict.findings[0].message  # the values were right; the habit is not


# --- earlier exercises

NEEDS_CHECKS = """
import numpy as np
def test_twice(mine):
    assert np.array_equal(mine.g(np.ones(2)), [4, 4])
"""
G = "from tutor.mine import double\ndef g(x):\n    return double(double(x))\n"


@pytest.fixture
def chain(bench):
    bench.exercise(
        "base", "def test_it(mine):\n    assert mine.double(1) == 2\n", solution="def double(x):\n    return 2 * x\n"
    )
    bench.exercise("ex", NEEDS_CHECKS, solution=G, front='needs = ["base"]')
    return bench


def test_the_courses_own_stands_in(chain):
    verdict = chain.grade(G)
    assert verdict.passed, verdict
    assert "base" in verdict.notes[0]


def test_the_learners_own_is_used(chain):
    verdict = chain.grade(G, needs=(Need("base", b"def double(x):\n    return 3 * x\n"),))
    assert outcomes(verdict) == ["failed"]
    assert verdict.notes == ()


def test_the_solutions_text_never_enters_the_learner_process(chain):
    source = "import gc, tutor.mine\nfrom tutor.mine import double\ndef g(x):\n    return [double.__code__]\n"
    finding = chain.grade(source).findings[0]
    assert finding.outcome == "error"
    assert "AttributeError" in finding.message


def test_a_name_that_no_exercise_defines(chain):
    finding = chain.grade("from tutor.mine import triple\n").findings[0]
    assert "triple" in finding.message
    assert finding.outcome == "error"


# --- forbidden operations

NUMPY_WAYS = {
    "import torch": "import torch\ndef f(x):\n    return x.sum()\n",
    "hidden import": "import importlib\ndef f(x):\n    importlib.import_module('tor' + 'ch')\n    return x.sum()\n",
    "caught": "def f(x):\n    try:\n        __import__('scipy')\n    except ImportError:\n        pass\n    return x.sum()\n",
    "alias": "import numpy as n\ndef f(x):\n    return n.sum(x)\n",
    "from": "from numpy import sum as s\ndef f(x):\n    return s(x)\n",
    "getattr": "import numpy as np\ndef f(x):\n    return getattr(np, 'su' + 'm')(x)\n",
    "operator": "def f(x):\n    x.reshape(1, -1) @ x.reshape(-1, 1)\n    return x.reshape(-1).cumsum()[-1] if x.size else x.dtype.type(0)\n",
    "attribute": "def f(x):\n    x.data\n    return 0\n",
    "below": "import numpy as np\ndef f(x):\n    return np.linalg.norm(x)\n",
}


@pytest.mark.parametrize("way", NUMPY_WAYS)
def test_numpy_bans(bench, way):
    bench.exercise("ex", CHECKS, solution=RIGHT, front='forbidden = ["numpy.sum", "numpy.linalg", "@", ".data"]')
    verdict = bench.grade(NUMPY_WAYS[way])
    assert not verdict.passed
    told = [f for f in verdict.findings if f.outcome == "failed" and "forbidden operation" in f.message]
    assert told
    assert "line " in told[0].message


def test_what_a_library_would_import_and_can_do_without_is_nobodys_fault(bench):
    """torch's first optimizer looks for scikit-learn. It does not get it, and the learner has not asked."""
    bench.exercise("ex", CHECKS, solution=RIGHT, front='forbidden = ["numpy.linalg"]')
    way = "import pydoc\ndef f(x):\n    try:\n        pydoc.safeimport('sklearn')\n    except pydoc.ErrorDuringImport:\n"
    way += "        return x.sum()\n"
    verdict = bench.grade(way)
    assert verdict.passed, verdict.findings


TORCH_CHECKS = """
import torch
from tutor.checks import same
def test_values(mine):
    same(mine.f, torch.softmax, torch.randn(3, 4, dtype=torch.float64, requires_grad=True), 1)
"""
TORCH_WAYS = {
    "name": "import torch\ndef f(x, dim):\n    return torch.softmax(x, dim)\n",
    "getattr": "import torch\ndef f(x, dim):\n    return getattr(torch, 'soft' + 'max')(x, dim)\n",
    "method": "def f(x, dim):\n    return x.softmax(dim)\n",
    "functional": "import torch.nn.functional as F\ndef f(x, dim):\n    return F.softmax(x, dim)\n",
    "module": "import torch\ndef f(x, dim):\n    return torch.nn.Softmax(dim)(x)\n",
    "operator": "import torch\ndef f(x, dim):\n    return torch.ops.aten._softmax(x, dim, False)\n",
    "caught": "import torch\ndef f(x, dim):\n    try:\n        torch.softmax(x, dim)\n    except Exception:\n        pass\n    e = x.exp()\n    return e / e.sum(dim, keepdim=True)\n",
}


@pytest.mark.parametrize("way", TORCH_WAYS)
def test_torch_bans(bench, way):
    bench.exercise("ex", TORCH_CHECKS, front='framework = "torch"\nforbidden = ["torch.softmax"]')
    verdict = bench.grade(TORCH_WAYS[way])
    assert outcomes(verdict)[1] == "failed"
    assert "torch.softmax, line" in verdict.findings[1].message


def test_backward_formulas_of_allowed_operators_work(bench):
    checks = """
    import torch
    def test_values(mine):
        x = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
        assert torch.autograd.gradcheck(mine.f, (x,)) and torch.autograd.gradgradcheck(mine.f, (x,))
    """
    source = "import torch\ndef f(x):\n    return torch.nn.functional.linear(x, x, x[:, 0])\n"
    bench.exercise("ex", checks, front='framework = "torch"\nforbidden = ["torch.mm", "torch.matmul", "@"]')
    assert bench.grade(source).passed
    assert not bench.grade("def f(x):\n    return x.mm(x.T)\n").passed


def test_an_earlier_exercise_may_use_what_this_one_forbids(bench):
    bench.exercise(
        "base",
        "def test_it(mine):\n    pass\n",
        solution="def double(x):\n    return 2 * x\n",
        front='framework = "torch"',
    )
    bench.exercise(
        "ex",
        "import torch\ndef test_it(mine):\n    mine.g(torch.ones(2))\n",
        front='framework = "torch"\nforbidden = ["torch.softmax"]\nneeds = ["base"]',
    )
    base = Need("base", b"import torch\ndef double(x):\n    return torch.softmax(x, 0)\n")
    assert bench.grade("from tutor.mine import double\ndef g(x):\n    return double(x)\n", needs=(base,)).passed


# --- devices, broken courses, records


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_missing_device_is_a_note(sums, device):
    import torch

    if (device == "cuda" and torch.cuda.is_available()) or (device == "mps" and torch.backends.mps.is_available()):
        pytest.skip("the device is there")
    verdict = sums.grade(RIGHT, device=device)
    assert verdict.passed
    assert device in verdict.notes[0]


def test_auto_takes_what_there_is(sums):
    verdict = sums.grade(RIGHT, device="auto")
    assert verdict.passed
    assert verdict.device in ("cpu", "cuda", "mps")


def test_all_devices(sums):
    verdict = sums.grade(RIGHT, device="all")
    assert verdict.passed
    assert len(verdict.findings) == 2 * len(verdict.device.split("+"))
    assert verdict.notes or "+" in verdict.device


def test_a_broken_course_is_the_courses_fault(bench):
    bench.exercise("ex", "def test_(: pass", solution=RIGHT)
    with pytest.raises(CourseError):
        bench.grade(RIGHT)
    bench.exercise("ex", CHECKS, solution=RIGHT)
    assert bench.grade(RIGHT).passed
    with pytest.raises(CourseError, match="nothing"):
        bench.grade(RIGHT, name="nothing")


def test_a_check_that_never_ends_by_itself(bench):
    bench.exercise("ex", "def test_stuck(mine):\n    while True: pass\ndef test_next(mine): pass\n", solution=RIGHT)
    verdict = bench.grade(RIGHT, limits=Limits(check_seconds=0.5))
    assert outcomes(verdict) == ["timeout", "not_run"]


def test_records(sums):
    jsonschema = pytest.importorskip("jsonschema")
    verdict = sums.grade("import numpy as np\ndef f(x):\n    return np.mean(x)\n")
    data = json.loads(json.dumps(verdict_to_json(verdict)))
    jsonschema.validate(data, schema())
    assert verdict_from_json(data) == verdict
    assert [finding_from_json(finding_to_json(f)) for f in verdict.findings] == list(verdict.findings)
    assert verdict_from_json({**data, "a later key": 1}) == verdict


def test_the_schema_names_every_key(sums):
    data = verdict_to_json(sums.grade("import numpy as np\ndef f(x):\n    return np.mean(x)\n"))
    published = schema()
    assert set(published["properties"]) == set(published["required"]) == set(data)
    finding = published["$defs"]["finding"]
    assert set(finding["properties"]) == set(data["findings"][0])
    assert set(finding["properties"]["diagnosis"]["anyOf"][1]["properties"]) == set(data["findings"][0]["diagnosis"])


def test_jobs_cross(bench):
    job = bench.job(b"\xff\x00", needs=(Need("a", None), Need("b", b"\xfe")), checks=("test_a",), seed=3)
    assert job_from_json(json.loads(json.dumps(job_to_json(job)))) == job


def test_debug_runs_in_this_process(sums, capsys):
    verdict = debug(sums.job("import numpy as np\ndef f(x):\n    return np.sum(x)\n"))
    assert verdict.passed
    assert not verdict.counted
    assert not debug(sums.job("import nothing_at_all\n")).passed


def test_grade_once(sums):
    verdict = grade_once(sums.job(RIGHT))
    assert isinstance(verdict, Verdict)
    assert verdict.passed


def test_an_assertion_of_the_learners_own_is_called_that(bench):
    bench.exercise("ex", "def test_it(mine):\n    assert mine.f(1) == 2\n", solution="def f(x):\n    return 2 * x\n")
    (told,) = bench.grade("def f(x):\n    assert x > 5, 'too small'\n").findings
    assert (told.outcome, told.message) == ("error", "an assertion in your code does not hold: too small")
    (plain,) = bench.grade("def f(x):\n    assert x > 5\n").findings
    assert plain.message == "an assertion in your code does not hold"
    (ours,) = bench.grade("def f(x):\n    return 3\n").findings
    assert (ours.outcome, ours.message) == ("failed", "3 == 2")
