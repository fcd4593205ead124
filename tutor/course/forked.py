"""Runs tasks in forked children with a limit of CPU time and memory: a mutant may loop for ever or eat all memory.

The children run the course's own code only, so their results come back by pickle. Without `fork` the tasks run here,
one after the other and without limits.
"""

from __future__ import annotations

import faulthandler
import os
import pickle
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar, cast

Result = TypeVar("Result")

MEMORY = 2 << 30
"""Bytes a child may allocate beyond what it was born with."""

WALL = 10
"""Seconds of wall clock for each CPU second: a busy machine judges nothing, and a child that waits ends."""

CAN_FORK = hasattr(os, "fork") and sys.platform != "darwin"  # on macOS, forking with frameworks loaded is not safe


@dataclass(frozen=True, slots=True)
class Died:
    """A child that gave no result."""

    reason: str


@dataclass(slots=True)
class _Child(Generic[Result]):
    index: int
    pid: int
    pipe: int
    deadline: float
    data: bytearray


def fork_map(
    tasks: Sequence[Callable[[], Result]], *, jobs: int = 2, seconds: float = 20.0
) -> Iterator[tuple[int, Result | Died]]:
    """Run each task in a child of its own, `jobs` at a time; yields (index, result) as they finish.

    `seconds` are of CPU time.
    """
    if not CAN_FORK:
        yield from ((index, cast("Result | Died", _attempt(task))) for index, task in enumerate(tasks))
        return
    waiting = list(enumerate(tasks))[::-1]
    running: dict[int, _Child[Result]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < max(1, jobs):
                index, task = waiting.pop()
                child = _start(index, task, seconds)
                running[child.pipe] = child
            for child in _finished(running):
                del running[child.pipe]
                result = _collect(child)
                yield child.index, result
    finally:
        for child in running.values():
            os.kill(child.pid, signal.SIGKILL)
            os.close(child.pipe)
            os.waitpid(child.pid, 0)


def _start(index: int, task: Callable[[], Result], seconds: float) -> _Child[Result]:
    sys.stdout.flush()
    sys.stderr.flush()
    receiver, sender = os.pipe()
    pid = os.fork()
    if pid == 0:
        _be_child(task, sender, seconds)
    os.close(sender)
    return _Child(index, pid, receiver, time.monotonic() + WALL * seconds, bytearray())


def _be_child(task: Callable[[], object], sender: int, seconds: float) -> None:
    """Run the task, write its result, and leave without any clean-up that belongs to the parent."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _limit(seconds)
        _silence()
        data = pickle.dumps(_attempt(task))
        with os.fdopen(sender, "wb") as pipe:
            pipe.write(data)
        status = 0
    finally:
        os._exit(status)


def _silence() -> None:
    """Nothing that a program prints, or dies with, reaches the terminal."""
    faulthandler.disable()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    sys.stdout = sys.stderr = os.fdopen(nowhere, "w")


def _attempt(task: Callable[[], object]) -> object:
    try:
        return task()
    except Exception as error:
        return Died(f"{type(error).__name__}: {error}")


def _limit(seconds: float) -> None:
    import resource

    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    cpu = int(seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))


def _finished(running: dict[int, _Child[Result]]) -> list[_Child[Result]]:
    """Wait for output, take it, and give the children that are done or out of time."""
    wait = max(0.0, min(child.deadline for child in running.values()) - time.monotonic())
    ready, _, _ = select.select(list(running), [], [], wait)
    done: list[_Child[Result]] = []
    for pipe in ready:
        data = os.read(pipe, 1 << 20)
        running[pipe].data += data
        if not data:
            done.append(running[pipe])
    now = time.monotonic()
    for child in running.values():
        if child not in done and child.deadline <= now:
            os.kill(child.pid, signal.SIGKILL)
            child.data.clear()
            done.append(child)
    return done


def _collect(child: _Child[Result]) -> Result | Died:
    os.close(child.pipe)
    _, status = os.waitpid(child.pid, 0)
    if status == 0 and child.data:
        return cast(Result, pickle.loads(bytes(child.data)))
    code = os.waitstatus_to_exitcode(status)
    return Died("took too long or too much memory" if code < 0 else "ended the interpreter")
