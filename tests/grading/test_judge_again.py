"""A judge hears one job after the other; none of them can tell."""
# ruff: noqa: E501  whole check files on one line each

from __future__ import annotations

import re

CLEAN = """
    import os, random, sys, warnings
    import numpy as np
    import torch
    from tutor.checks import holds

    def test_state(mine):
        \"\"\"Tells the state of the process.\"\"\"
        told = [os.environ.get("SPOILT"), "/spoilt" in sys.path, np.geterr()["divide"], torch.get_default_dtype()]
        told += [torch.is_grad_enabled(), warnings.filters[0][0], "spoilt_by" in dir(sys.modules["tutor"])]
        told += [random.random(), np.random.rand(), float(torch.rand(()))]
        holds(False, f"{os.getpid()} {told}")
"""

SPOIL = """
    import os, random, sys, warnings
    import numpy as np
    import torch

    def test_spoils(mine):
        \"\"\"Leaves everything changed.\"\"\"
        os.environ["SPOILT"] = "1"
        sys.path.insert(0, "/spoilt")
        np.seterr(divide="raise")
        torch.set_default_dtype(torch.float64)
        torch.set_grad_enabled(False)
        warnings.simplefilter("error")
        random.seed(1), np.random.seed(1), torch.manual_seed(1)
        mine.f()
"""


def _told(verdict) -> tuple[str, str]:
    found = re.match(r"(\d+) (\[.*)", verdict.findings[0].message)
    assert found, verdict.findings
    return found[1], found[2]


def test_a_job_finds_the_process_as_the_one_before_it_did(bench):
    bench.exercise("clean", CLEAN)
    bench.exercise("spoils", SPOIL)
    source = "import random\nimport numpy as np\ndef f():\n    return random.random() + np.random.rand()\n"
    for number in range(8):  # until the server has imported everything: then a judge stays
        judge, before = _told(bench.grade(f"{source}# {number}", "clean"))
    for number in range(3):  # the learner's code moves the judge's generators, too
        bench.grade(f"{source}# {number}", "spoils")
    again, after = _told(bench.grade(f"{source}# again", "clean"))
    assert after == before
    assert again == judge, "another judge: this test shows nothing"


def test_what_was_imported_for_one_exercise_is_not_there_for_the_next(bench):
    bench.exercise(
        "first",
        "from tutor.checks import equal\ndef test_one(mine):\n    equal(mine.f(), 1, 'f')\n",
        solution="def f(): return 1",
    )
    bench.exercise(
        "second",
        "import sys\nfrom tutor.checks import holds\ndef test_one(mine):\n    holds(False, str(sorted(n for n in sys.modules if n in ('test_first', 'first') or n == 'tutor.mine' or n.startswith('tutor_course'))))\n",
    )
    bench.grade("def f(): return 1", "first")
    assert bench.grade("", "second").findings[0].message == "['tutor.mine']"


def test_a_judge_that_dies_is_replaced(bench):
    bench.exercise("deadly", "import os\ndef test_dies(mine):\n    os._exit(3)\n")
    bench.exercise("clean", CLEAN)
    judge, before = _told(bench.grade("", "clean"))
    assert bench.grade("", "deadly").outcome != "passed"
    another, after = _told(bench.grade("", "clean"))
    assert another != judge
    assert after == before
