"""A judge and a learner process, ready for one job, and how they are forked.

A pair is made before its job arrives, so that a verdict waits for neither a fork nor an import. A learner process is
used once. A forked judge, which runs nobody's code but the course's, may hear one job after the other.
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
from typing import Any

from tutor.grading import sandbox
from tutor.grading.lines import Lines, LinesWithFiles, send_with_files


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
        """End the process and everything in its group; it takes a moment to be gone."""
        if hasattr(os, "killpg"):
            with contextlib.suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)
        self.signal(getattr(signal, "SIGKILL", signal.SIGTERM))


@dataclass(slots=True)
class Judge:
    """A judge process and the server's line to it."""

    process: Process
    control: Lines
    scratch: str
    heard: int = 0
    """How many jobs."""

    def end(self) -> None:
        """Leave nothing of it behind."""
        self.process.kill()
        self.process.ended(within=5.0)
        with contextlib.suppress(OSError):
            self.control.sock.close()
        sandbox.remove_scratch(self.scratch)


@dataclass(slots=True)
class Pair:
    """One judge, one learner process; they cannot see each other's folders."""

    bench: Judge
    learner: Process
    scratch: str
    """The learner process's folder."""
    let_go: Callable[[bool], object]
    """Takes the judge back; told whether it may hear another job."""
    bury: Callable[[], object]
    """Kills what the learner process left behind, when it has ended."""
    files: tuple[int, ...] = ()
    """The judge's ends of its connections to the learner process, where it does not have them yet."""
    killed_for: str = ""
    """Why the server ended the learner process, if it did."""

    @property
    def control(self) -> Lines:
        """The line to the judge."""
        return self.bench.control

    def begin(self, message: dict[str, Any]) -> None:
        """Give the judge its job."""
        self.bench.heard += 1
        if self.files:
            send_with_files(self.control.sock, message, self.files)
            self.files = ()
        else:
            self.control.send(message)

    def end(self, *, sound: bool = False) -> None:
        """End it, but for a `sound` judge, perhaps: one that has ended its job as it should. `gone` does the rest."""
        self.learner.kill()
        self.let_go(sound)

    def gone(self, within: float = 0.0) -> bool:
        """Leave nothing behind when the learner process is gone; tells whether it is. To be called until then."""
        if self.learner.ended(within) is None:
            return False
        for file in self.files:
            os.close(file)
        self.files = ()
        sandbox.remove_scratch(self.scratch)
        self.bury()
        return True


def fork_learner(mode: sandbox.Mode) -> tuple[Process, str, tuple[int, int]]:
    """Fork a learner process from this single-threaded, warm process, which must not have seen a job.

    Gives it with its folder and the judge's ends of its connections: the channel, and what it prints.
    """
    scratch, server = sandbox.make_scratch(), os.getpid()
    rpc, printed = socket.socketpair(), socket.socketpair()
    learner = _fork(lambda: _learner(server, rpc[1], printed[1], scratch, mode, (rpc[0], printed[0])))
    for sock in (rpc[1], printed[1]):
        sock.close()
    return learner, scratch, (rpc[0].detach(), printed[0].detach())


def fork_judge() -> tuple[Process, str, int]:
    """Fork a judge; gives it with its folder and the server's end of the line to it."""
    scratch, server = sandbox.make_scratch(), os.getpid()
    control = socket.socketpair()
    judge = _fork(lambda: _judge(server, control[1], scratch))
    control[1].close()
    return judge, scratch, control[0].detach()


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


def _judge(server: int, control: socket.socket, scratch: str) -> None:
    from tutor.grading import session

    sandbox.close_descriptors((0, 1, 2, control.fileno()))  # the template's line, too
    sandbox.own_session()
    sandbox.die_with_parent(server)
    sandbox.redirect(None)
    session.serve(LinesWithFiles(control), scratch)


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


def usage_of(pid: int) -> tuple[int, int]:
    """Give how many threads a process has, and the CPU time it has used in ticks, from /proc; 0 where there is none."""
    try:
        with open(f"/proc/{pid}/stat") as line:  # noqa: PTH123  opened again and again
            words = line.read().rpartition(")")[2].split()
        return int(words[17]), int(words[11]) + int(words[12])
    except (OSError, ValueError, IndexError):
        return 0, 0


def children_of(pid: int) -> list[int]:
    """Give the children of a process, from /proc."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as listing:  # noqa: PTH123  opened at each verdict
            return [int(word) for word in listing.read().split()]
    except OSError:
        return []
