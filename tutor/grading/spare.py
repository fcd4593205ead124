"""Pairs for machines without fork: judge and learner process are spawned ahead of time and used once.

The same two processes with the same work as after a fork; only their start is slower, so the next pair is spawned as
soon as one is taken. Sockets are inherited on POSIX and handed over through stdin on Windows.
"""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import cast

import tutor
from tutor.grading import sandbox, warm
from tutor.grading.lines import Lines
from tutor.grading.pair import Judge, Pair, Process, reap_strays

_BOOT = "import sys; sys.path.append(sys.argv[1]); from tutor.grading.spare import main; main(sys.argv[2:])"


class Spares:
    """Makes pairs where there is no fork, or where bubblewrap has to guard the learner process."""

    later: tuple[str, ...] = ()

    def __init__(self, mode: sandbox.Mode, *, wrapped: bool = False) -> None:
        self._mode: sandbox.Mode = mode
        self._wrapped = wrapped

    def pair(self) -> Pair:
        """Spawn a pair."""
        return spawn_pair(self._mode, wrapped=self._wrapped)

    def do_later(self, name: str) -> None:
        """A spare imports what it needs when it needs it."""

    def close(self) -> None:
        """No process of a pair outlives it."""


def spawn_pair(mode: sandbox.Mode = "auto", *, wrapped: bool = False) -> Pair:
    """Spawn a judge and a learner process; returns before they are ready."""
    scratch, judges = sandbox.make_scratch(), sandbox.make_scratch()
    rpc, printed, control = socket.socketpair(), socket.socketpair(), socket.socketpair()
    learner = _spawn("learner", (rpc[1], printed[1]), scratch, mode, wrapped=wrapped)
    judge = _spawn("judge", (rpc[0], printed[0], control[1]), judges, mode)
    for sock in (*rpc, *printed, control[1]):
        sock.close()
    _SPAWNED.update((judge.pid, learner.pid))

    bench = Judge(judge, Lines(control[0]), judges)

    def let_go(_sound: bool) -> None:
        bench.end()
        _SPAWNED.discard(judge.pid)

    def bury() -> None:
        _SPAWNED.discard(learner.pid)
        reap_strays(_SPAWNED)

    return Pair(bench, learner, scratch, let_go, bury)


_SPAWNED: set[int] = set()
"""Children of the server that are no strays."""


def _spawn(
    role: str, socks: tuple[socket.socket, ...], scratch: str, mode: sandbox.Mode, *, wrapped: bool = False
) -> Process:
    package = Path(tutor.__file__).parent
    parent = 0 if wrapped else os.getpid()  # in bubblewrap, processes have other numbers
    command = [sys.executable, "-P", "-c", _BOOT, str(package.parent), role, str(parent), scratch, mode]
    if wrapped:
        command = sandbox.bubblewrap.command(command, scratch, package)
    if os.name == "posix":
        numbers = tuple(sock.fileno() for sock in socks)
        child = subprocess.Popen(
            [*command, *map(str, numbers)],
            pass_fds=numbers,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
    else:
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        assert child.stdin is not None
        for sock in socks:
            child.stdin.write(base64.b64encode(sock.share(child.pid)) + b"\n")  # type: ignore[attr-defined]
        child.stdin.close()
    return Process(child.pid, child.poll)


def _received(numbers: list[str]) -> list[socket.socket]:
    if os.name == "posix":
        return [socket.socket(fileno=int(number)) for number in numbers]
    return [socket.fromshare(base64.b64decode(line)) for line in sys.stdin.buffer]  # type: ignore[attr-defined]


def main(arguments: list[str]) -> None:
    """Be a spare judge or learner process: import everything, then wait for the job."""
    role, server, scratch, mode, *numbers = arguments
    socks = _received(numbers)
    sandbox.die_with_parent(int(server) or os.getppid())
    warm.one_thread()
    warm.import_everything()
    if role == "learner":
        from tutor.grading import learner

        sandbox.redirect(socks[1])
        socks[1].close()
        learner.main(socks[0], scratch, cast(sandbox.Mode, mode))
    else:
        from tutor.grading import session

        sandbox.redirect(None)
        session.main(socks[0], socks[1], Lines(socks[2]), scratch)
