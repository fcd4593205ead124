"""The commands with the real grader, as a user's shell calls them; above all: nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tutor.course.load import bundled_root
from tutor.session import open_session

ENDLESS = "def affine(x, a, b):\n    print('begun', flush=True)\n    while True:\n        pass\n"


@pytest.fixture
def stub(tmp_path):
    """The learner's file of the bundled course's first exercise."""
    with open_session(None, tmp_path / "work", create=True) as session:
        return session.path("hello-grader")


def command(*argv):
    return [sys.executable, "-m", "tutor", *argv]


def options(stub):
    environment = {**os.environ, "PYTHONPATH": str(bundled_root())}
    return {"cwd": stub.parent, "env": environment, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}


def descendants(pid):
    """The processes below this one, by the parents that /proc tells."""
    children = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(status.parent.name))
    found, todo = [], [pid]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


def alive(pids):
    return [pid for pid in pids if Path(f"/proc/{pid}").exists() and "\nState:\tZ" not in _status(pid)]


def _status(pid):
    try:
        return Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return "\nState:\tZ"


def wait_until(condition, seconds=60.0):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def test_the_solution_passes_and_a_stub_does_not(stub):
    done = subprocess.run(command("grade", "hello-grader"), check=False, **options(stub))
    assert done.returncode == 1, done.stderr
    stub.write_bytes((bundled_root() / "solutions" / "01_orientation" / "hello_grader.py").read_bytes())
    done = subprocess.run(command("grade", "hello-grader"), check=False, **options(stub))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "hello-grader: passed" in done.stdout
    assert "sha256" in done.stdout


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_nothing_is_left_behind(stub, number, code):
    """Endless learner code, ended in the middle: every process that was started is gone soon after."""
    stub.write_text(ENDLESS)
    child = subprocess.Popen(command("grade", "hello-grader"), start_new_session=True, **options(stub))
    started = set()

    def running():
        started.update(descendants(child.pid))
        return len(started) >= 3  # warm server, judge, learner process

    assert wait_until(running), f"only {len(started)} processes were started"
    time.sleep(0.2)
    started.update(descendants(child.pid))
    os.killpg(child.pid, number)
    _, errors = child.communicate(timeout=60)
    assert child.returncode == code
    assert "Traceback" not in errors
    assert wait_until(lambda: not alive(started)), f"left behind: {alive(started)}"
