"""A judge and a learner process, ready for one job, and how they are started: forked, or spawned as spares.

Both ways give the same `Pair`. A pair is made before its job arrives, so that a verdict waits for neither a fork nor an
import, and is used once.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from tutor.grading import sandbox
from tutor.grading.lines import Lines


@dataclass(slots=True)
class Process:
    """A child of the server, forked or spawned."""

    pid: int
    poll: Callable[[], int | None]
    """The exit status as in `subprocess`: negative for a signal; None while it runs."""
    group: bool = True
    status: int | None = None

    def ended(self, within: float = 0.0) -> int | None:
        """Give the exit status, waiting a little if need be; None when it still runs."""
        deadline = time.monotonic() + within
        while self.status is None:
            self.status = self.poll()
            if self.status is None and time.monotonic() >= deadline:
                break
            if self.status is None:
                time.sleep(0.002)
        return self.status

    def signal(self, number: int) -> None:
        """Send a signal to the process alone."""
        if self.ended() is None:
            with contextlib.suppress(OSError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End the process and everything in its group."""
        if hasattr(os, "killpg"):
            with contextlib.suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)
        self.signal(getattr(signal, "SIGKILL", signal.SIGTERM))
        self.ended(within=5.0)


@dataclass(slots=True)
class Pair:
    """One judge, one learner process, and the server's line to the judge."""

    judge: Process
    learner: Process
    control: Lines
    scratch: tuple[str, ...]
    """A folder for each: neither sees the other's."""
    reap: Callable[[], object]
    """Kills what the learner process left behind."""
    killed_for: str = ""
    """Why the server ended the learner process, if it did."""

    def end(self) -> None:
        """Leave nothing of it behind."""
        self.learner.kill()
        self.judge.kill()
        with contextlib.suppress(OSError):
            self.control.sock.close()
        self.reap()
        for folder in self.scratch:
            sandbox.remove_scratch(folder)


def fork_pair(mode: sandbox.Mode = "auto") -> Pair:
    """Fork judge and learner process from this single-threaded, warm process, which must not have seen a job."""
    scratch, judges, server = sandbox.make_scratch(), sandbox.make_scratch(), os.getpid()
    rpc, printed, control = socket.socketpair(), socket.socketpair(), socket.socketpair()
    learner = _fork(lambda: _learner(server, rpc[1], printed[1], scratch, mode, (rpc[0], printed[0], *control)))
    judge = _fork(lambda: _judge(server, rpc[0], printed[0], control[1], judges, (rpc[1], printed[1], control[0])))
    for sock in (*rpc, *printed, control[1]):
        sock.close()
    return Pair(judge, learner, Lines(control[0]), (scratch, judges), lambda: None)


def _fork(body: Callable[[], None]) -> Process:
    pid = os.fork()
    if pid == 0:
        try:
            body()
        except BaseException:
            _complain()
        finally:
            os._exit(70)

    def poll() -> int | None:
        try:
            done, status = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            return -9
        return os.waitstatus_to_exitcode(status) if done else None

    return Process(pid, poll)


def _complain() -> None:
    import traceback

    if os.environ.get("TUTOR_GRADING_LOG"):
        with open(os.environ["TUTOR_GRADING_LOG"], "a") as log:  # noqa: PTH123  a last word before the end
            traceback.print_exc(file=log)


def _learner(
    server: int,
    rpc: socket.socket,
    printed: socket.socket,
    scratch: str,
    mode: sandbox.Mode,
    others: tuple[socket.socket, ...],
) -> None:
    from tutor.grading import learner

    for sock in others:
        sock.close()
    sandbox.own_session()
    sandbox.die_with_parent(server)
    sandbox.redirect(printed)
    learner.main(rpc, scratch, mode)


def _judge(
    server: int,
    rpc: socket.socket,
    printed: socket.socket,
    control: socket.socket,
    scratch: str,
    others: tuple[socket.socket, ...],
) -> None:
    from tutor.grading import session

    for sock in others:
        sock.close()
    sandbox.close_descriptors((0, 1, 2, rpc.fileno(), printed.fileno(), control.fileno()))  # the template's line, too
    sandbox.own_session()
    sandbox.die_with_parent(server)
    sandbox.redirect(None)
    session.main(rpc, printed, Lines(control), scratch)


def reap_strays(known: set[int]) -> None:
    """Kill what a learner process left behind: with a subreaper, orphans become our children. Linux only."""
    if not sys.platform.startswith("linux"):
        return
    for _ in range(100):
        strays = [pid for pid in children_of(os.getpid()) if pid not in known]
        if not strays:
            return
        for pid in strays:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        for pid in strays:
            with contextlib.suppress(OSError):
                os.waitpid(pid, 0)


def threads_of(pid: int) -> int:
    """Give how many threads a process has, from /proc; 0 where there is none."""
    try:
        with open(f"/proc/{pid}/stat") as line:  # noqa: PTH123  opened again and again
            return int(line.read().rpartition(")")[2].split()[17])
    except (OSError, ValueError, IndexError):
        return 0


def children_of(pid: int) -> list[int]:
    """Give the children of a process, from /proc."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as listing:  # noqa: PTH123  opened at each verdict
            return [int(word) for word in listing.read().split()]
    except OSError:
        return []
