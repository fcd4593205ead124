"""Verdicts: warm and cold latency, and memory, against importing torch and against one pytest process."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from measure import REPOSITORY, Row, environment, process, smaps

from tutor.course.find import find_exercise
from tutor.course.load import bundled_root, load_course
from tutor.grading.client import Grader
from tutor.model import Exercise, Finding, Job

CHAPTER = "03_linear_classification"
SOLUTION = REPOSITORY / "solutions" / CHAPTER / "softmax.py"

CONFTEST = '''
"""The naive grader: learner's module, checks and reference in one process."""
import importlib.util
import pytest
from tutor.checks.draws import Draw

@pytest.fixture
def draw(request):
    check = request.function
    return Draw(0, check.__name__, 0, check.tutor_draws)

def pytest_pyfunc_call(pyfuncitem):
    """All draws of a check in one item, as the real grader runs them: the baseline does no more than the same work."""
    check = pyfuncitem.function
    for index in range(getattr(check, "tutor_draws", 0)):
        check(pyfuncitem.funcargs["mine"], Draw(0, check.__name__, index, check.tutor_draws))
    return True if hasattr(check, "tutor_draws") else None

@pytest.fixture
def mine():
    spec = importlib.util.spec_from_file_location("NAME", "NAME.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
'''


_SETTLED = 5.0
"""Seconds: a learner reads and writes for longer before the first verdict, while the server goes on importing."""
_PAUSE = 0.7
"""Seconds between two verdicts: nobody saves twice within one, and the next pair is made ready in it."""


def _job(source: bytes, exercise: str = "softmax") -> Job:
    return Job(course_root=REPOSITORY, exercise=exercise, source=source, path="softmax.py")


def naive_command(exercise: Exercise, home: Path) -> tuple[list[str], Path]:
    """``python -m pytest`` over the exercise's check file with its solution: the command, and the folder to run it in."""
    folder = home / "naive" / exercise.id
    folder.mkdir(parents=True)
    shutil.copy(exercise.solution, folder / exercise.stub.name)
    shutil.copy(exercise.checks, folder)
    (folder / "conftest.py").write_text(CONFTEST.replace("NAME", exercise.stub.stem))
    return [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", str(folder)], folder


def naive_seconds(home: Path, command: list[str], folder: Path) -> float:
    """Wall seconds of one such process."""
    begin = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment(home), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the baseline does not run:\n{done.stdout[-2000:]}")
    return time.perf_counter() - begin


def warm(home: Path, runs: int) -> Iterator[Row]:
    """Save → verdict with the warm server running."""
    source, firsts, lasts = SOLUTION.read_bytes(), [], []
    with Grader() as grader:
        list(grader.grade(_job(source)))
        time.sleep(_SETTLED)
        for turn in range(2 * runs):
            time.sleep(_PAUSE)
            begin, first = time.perf_counter(), 0.0
            for item in grader.grade(_job(source + b"\n# %d" % turn)):
                if isinstance(item, Finding) and not first:
                    first = time.perf_counter() - begin
            lasts.append(time.perf_counter() - begin)
            firsts.append(first)
    softmax = find_exercise(load_course(bundled_root()), "softmax")
    command, folder = naive_command(softmax, home)
    naive = statistics.median(naive_seconds(home, command, folder) for _ in range(1 + max(3, runs // 3))) * 1000
    p95 = statistics.quantiles(lasts, n=20)[-1]
    against = "python -m pytest, same checks"
    yield Row("softmax, warm: first finding, median", statistics.median(firsts) * 1000, "ms", naive, against, "≤ 80 ms")
    yield Row("softmax, warm: verdict, median", statistics.median(lasts) * 1000, "ms", naive, against, "≤ 120 ms")
    yield Row("softmax, warm: verdict, 95th percentile", p95 * 1000, "ms", naive, against)


def cold(home: Path, runs: int) -> Iterator[Row]:
    """`tutor grade softmax` as a whole process."""
    _, torch = process([sys.executable, "-c", "import torch"], home, max(3, runs // 2))
    shutil.copy(SOLUTION, home / "tutor" / CHAPTER / "softmax.py")
    command = [sys.executable, "-m", "tutor", "--workspace", str(home / "tutor"), "grade", "softmax"]
    _, wall = process(command, home, max(3, runs // 2))
    budget = f"≤ 1.3 × + 0.3 s = {1.3 * torch + 0.3:.2f} s"
    yield Row("tutor grade softmax, cold", wall, "s", torch, "python -c 'import torch'", budget)


def memory(home: Path, runs: int) -> Iterator[Row]:
    """The warm server, and what one verdict adds, read while a slow stub is being graded."""
    probe = "import torch, pytest, numpy, time; print('ready', flush=True); time.sleep(60)"
    plain = subprocess.Popen([sys.executable, "-c", probe], env=environment(home), stdout=subprocess.PIPE)
    assert plain.stdout is not None
    plain.stdout.readline()
    baseline = smaps(plain.pid)["Rss"]
    plain.kill()
    plain.wait()
    plain.stdout.close()
    slow = SOLUTION.read_bytes().replace(b"import numpy as np", b"import numpy as np\nimport time; time.sleep(2)", 1)
    with Grader() as grader:
        list(grader.grade(_job(SOLUTION.read_bytes())))
        running = threading.Thread(target=lambda: list(grader.grade(_job(slow))))
        running.start()
        time.sleep(1)
        tree = _descendants()
        running.join()
    against = "python with torch, numpy, pytest"
    server = smaps_of(tree, 0, "Pss") + smaps_of(tree, 1, "Rss")  # the server, and the template it has pairs forked from
    yield Row("memory of the warm server (resident)", server, "MiB", baseline, against)
    children = tree[2:]
    added = sum(entry["Private_Dirty"] for entry in children)
    yield Row(f"memory one verdict adds ({len(children)} processes)", added, "MiB", baseline, against)


def smaps_of(tree: list[dict[str, float]], index: int, key: str) -> float:
    """One figure of one process of the tree."""
    return tree[index][key] if tree else float("nan")


def _descendants() -> list[dict[str, float]]:
    """Memory of this process's descendants, the eldest first."""
    import os

    found: list[dict[str, float]] = []
    waiting = [os.getpid()]
    while waiting:
        pid = waiting.pop(0)
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found.append(smaps(int(child)))
                waiting.append(int(child))
    return found
