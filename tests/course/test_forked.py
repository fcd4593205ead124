"""Tasks in forked children: results, exceptions, crashes, clocks, memory, and no child left behind."""

from __future__ import annotations

import os
import signal
import sys
import time

import pytest

from tutor.course import forked
from tutor.course.forked import Died, fork_map

pytestmark = pytest.mark.skipif(not forked.CAN_FORK, reason="needs fork")


def results(*tasks, **options):
    return dict(fork_map(tasks, **options))


def test_results_come_back_under_their_index():
    tasks = [lambda i=i: (i * i, "x" * 100_000) for i in range(6)]
    assert results(*tasks, jobs=3) == {i: (i * i, "x" * 100_000) for i in range(6)}


def test_an_exception_is_a_death_with_a_reason():
    assert results(lambda: 1 / 0) == {0: Died("ZeroDivisionError: division by zero")}


def crash():
    os.kill(os.getpid(), signal.SIGSEGV)


def leave():
    os._exit(0)


def endless():
    while True:
        pass


def deaf():
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGXCPU):
        signal.signal(name, signal.SIG_IGN)
    time.sleep(60)


def greedy():
    return len(bytearray(200 << 30))


@pytest.mark.parametrize("task", [crash, leave, endless, deaf, greedy, sys.exit])
def test_whatever_a_child_does_the_others_go_on(task, monkeypatch):
    monkeypatch.setattr(forked, "WALL", 2)
    found = results(task, lambda: "fine", jobs=1, seconds=1.0)
    assert isinstance(found[0], Died)
    assert found[1] == "fine"


def test_what_a_child_prints_is_not_seen(capfd):
    results(lambda: sys.stdout.write("hello"))
    assert capfd.readouterr() == ("", "")


def test_no_child_is_left_when_the_caller_stops_early(monkeypatch):
    born, fork = [], os.fork
    monkeypatch.setattr(os, "fork", lambda: born.append(fork()) or born[-1])
    tasks = [lambda: "first", *[lambda: time.sleep(60)] * 3]
    runs = fork_map(tasks, jobs=4)
    assert next(runs) == (0, "first")
    runs.close()
    assert len(born) == 4
    for pid in born:
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def test_without_fork_the_tasks_run_here(monkeypatch):
    monkeypatch.setattr(forked, "CAN_FORK", False)
    assert results(os.getpid, lambda: 1 / 0) == {0: os.getpid(), 1: Died("ZeroDivisionError: division by zero")}
