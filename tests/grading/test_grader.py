"""The grader's own life: cancelling, closing, dying, starting again, and the spare for machines without fork."""
# ruff: noqa: E501  whole programs and messages on one line each read better than wrapped ones

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tutor.grading import limits
from tutor.grading.client import Grader
from tutor.grading.server import Server
from tutor.model import Finding, Limits, Verdict

CHECKS = "import numpy as np\ndef test_first(mine):\n    assert mine.f(2) == 4\ndef test_second(mine):\n    assert mine.f(np.ones(1)) == 2\n"
RIGHT = "def f(x):\n    return x * 2\n"
LOOP = "def f(x):\n    while True: pass\n"


@pytest.fixture
def small(bench):
    bench.exercise("ex", CHECKS, solution=RIGHT)
    return bench


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:3]
    except OSError:
        return False


def descendants(pid: int) -> list[int]:
    try:
        children = [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return children + [d for c in children for d in descendants(c)]


def wait_until(condition, seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_findings_come_as_they_finish(small):
    items = small.grader.grade(small.job(RIGHT))
    assert isinstance(next(items), Finding)
    assert isinstance(next(items), Finding)
    assert isinstance(next(items), Verdict)


def test_cancelling(small):
    timer = threading.Timer(0.7, small.grader.cancel)
    timer.start()
    verdict = small.grade(LOOP, limits=Limits(check_seconds=60))
    timer.join()
    assert verdict.outcome == "not_run"
    assert {f.outcome for f in verdict.findings} == {"not_run"}
    assert small.grade(RIGHT).passed


def test_cancelling_nothing_does_nothing(small):
    small.grader.cancel()
    assert small.grade(RIGHT).passed


def test_a_new_job_ends_an_abandoned_one(small):
    abandoned = small.grader.grade(small.job(LOOP, limits=Limits(check_seconds=60)))
    thread = threading.Thread(target=lambda: next(abandoned, None), daemon=True)
    thread.start()
    time.sleep(0.3)
    small.grader.cancel()
    thread.join(timeout=20)
    abandoned.close()
    assert small.grade(RIGHT).passed


def test_an_abandoned_generator_is_cancelled(small):
    items = small.grader.grade(small.job(RIGHT))
    next(items)
    items.close()
    assert small.grade(RIGHT).passed


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("method", ["fork", "spare"])
def test_a_whole_life(small, method):
    grader = Grader(start_method=method)
    try:
        small.grader = grader
        assert small.grade(RIGHT).passed
        verdict = small.grade(LOOP, limits=Limits(check_seconds=0.5))
        assert [f.outcome for f in verdict.findings] == ["timeout", "not_run"]
        assert small.grade("import os\ndef f(x):\n    os._exit(0)\n").outcome == "error"
        assert small.grade(RIGHT).passed
        server = grader.server_pid
        assert wait_until(lambda: descendants(server)), "a pair waits for the next job"
        family = descendants(server)
    finally:
        grader.close()
    assert wait_until(lambda: not any(map(alive, [server, *family])))
    grader.close()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
def test_a_killed_server_takes_everything_with_it_and_a_new_one_starts(small):
    with Grader() as grader:
        small.grader = grader
        assert small.grade(RIGHT).passed
        server = grader.server_pid
        assert wait_until(lambda: descendants(server)), "a pair waits for the next job"
        family = descendants(server)
        os.kill(server, signal.SIGKILL)
        assert wait_until(lambda: not any(map(alive, family)))
        verdict = small.grade(RIGHT)
        assert verdict.passed or verdict.outcome == "error"  # the death may be noticed only by the next job
        assert small.grade(RIGHT).passed


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("sig", [signal.SIGKILL, signal.SIGINT])
def test_no_orphans_when_the_client_dies(small, sig):
    program = """
import sys
from pathlib import Path
from tutor.grading.client import Grader
from tutor.model import Job, Limits
with Grader() as g:
    job = Job(Path(sys.argv[1]), "ex", b"def f(x):\\n    while True: pass\\n", "ex.py", limits=Limits(check_seconds=60))
    g.warm()
    print(g.server_pid, flush=True)
    list(g.grade(job))
"""
    root = str(Path(__file__).parents[2])
    client = subprocess.Popen(
        [sys.executable, "-c", program, str(small.root)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": root},
    )  # fmt: skip
    with client:
        server = int(client.stdout.readline())
        assert wait_until(lambda: len(descendants(server)) >= 2)
        time.sleep(0.3)
        family = descendants(server)
        client.send_signal(sig)
        client.wait(timeout=20)
        assert wait_until(lambda: not any(map(alive, [server, *family])))


@pytest.mark.skipif(sys.platform != "linux", reason="CPU time is read from /proc")
def test_code_that_sleeps_keeps_no_slot(small):
    """Both slots hold sleepers; a third verdict is made meanwhile."""
    sleeper = "import time\ndef f(x):\n    time.sleep(15)\n"
    woken = []

    def grade(grader: Grader) -> None:
        woken.append(list(grader.grade(small.job(sleeper, limits=Limits(check_seconds=12)))))

    with Grader(slots=2) as grader:
        threads = [threading.Thread(target=grade, args=(grader,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        assert wait_until(lambda: len(grader._active) == 2)
        *_, verdict = grader.grade(small.job(RIGHT))
        assert verdict.passed
        assert woken == []
        grader.cancel()
        for thread in threads:
            thread.join(timeout=20)
    assert len(woken) == 2


@pytest.mark.parametrize(("asleep", "slots", "room"), [
    ((), 1, True), ((False,), 1, False), ((True,), 1, False), ((False, True), 2, True), ((False, False), 2, False),
    ((True, True, False), 2, True), ((True, True, False, False), 2, False), ((True,) * 4, 2, False),
])  # fmt: skip
def test_a_slot_is_free_while_its_verdict_sleeps(asleep, slots, room):
    server = Server(None, 0, SimpleNamespace(later=()), "auto", slots)
    server._running = {number: SimpleNamespace(asleep=one) for number, one in enumerate(asleep)}
    assert server._has_room() is room


def test_the_client_loads_nothing_heavy():
    program = "import sys, tutor.grading.client; print([m for m in ('torch', 'numpy', 'pytest', 'textual') if m in sys.modules])"
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_what_is_enforced_is_told():
    told = limits.enforced(Limits())
    assert told["wall clock"] == "10 s a check, 60 s a verdict"
    if sys.platform.startswith("linux"):
        assert told["memory"] == "4 GB"
        assert told["file size"] == "16 MB each, 128 MB together"
    nothing = limits.enforced(Limits(), {})
    assert {nothing[name] for name in ("memory", "network", "file system", "processes")} == {"not enforced"}
    counted = limits.enforced(Limits(), {"counted": True, "held": ["network"]})
    assert counted["processes"].startswith("64")
    assert counted["network"] == "none"


def test_a_server_sweeps_what_a_killed_one_left(monkeypatch, tmp_path):
    import subprocess
    import tempfile

    from tutor.grading import sandbox

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead = subprocess.Popen(["true"])
    dead.wait()
    left, mine = tmp_path / f"tutor-{dead.pid}-abc", Path(sandbox.make_scratch())
    other = tmp_path / "tutor-notes"
    for folder in (left, other):
        folder.mkdir()
    sandbox.sweep_scratch()
    assert not left.exists()
    assert mine.exists()
    assert other.exists()
