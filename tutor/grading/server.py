"""The warm server: keeps a judge and a learner process ready, watches the clock over them, relays what the judge says.

Runs no learner code and no check, and imports no torch: pairs come from a template or are spawned. Spoken to over stdin
and stdout with JSON lines; when stdin ends, everything ends.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tutor.grading import limits, sandbox, warm
from tutor.grading import pair as pairs
from tutor.grading.lines import Lines, write_line
from tutor.grading.pair import Pair
from tutor.grading.spare import Spares
from tutor.grading.template import Template
from tutor.model import Limits

_GRACE = 2.0
"""Seconds the judge gets to report after its learner process was stopped, beside the time a check may take."""
_BEGIN = 120.0
"""Seconds a pair gets to be ready, imports and all."""
_COUNT_EVERY = 0.25
_IDLE = 0.5
"""Seconds without a job after which the server goes on importing."""
_BUSY = 3
"""Verdicts after which it does so at once: whoever grades a whole class leaves it no idle moment."""
_STACK_TIME = 0.05
_ASLEEP = 4
"""Ticks of CPU time between two counts, below which a verdict counts as asleep: a sixth of what a busy one uses."""
_MOST = 2
"""How many verdicts a slot holds, at the most, when some are asleep."""
_THREADS = 512
_FILES, _FILES_SIZE = 2000, 8
"""How many files a learner process may have in its folder, and how many times the largest one they may be together."""


Maker = Template | Spares
"""Where pairs come from."""


@dataclass(slots=True)
class Running:
    """The job at hand."""

    id: int
    pair: Pair
    limits: dict[str, Any]
    started: float = field(default_factory=time.monotonic)
    since: float = field(default_factory=time.monotonic)
    begun: bool = False
    """Both processes are ready: the learner's time runs from here. A spare may still be importing."""
    found: dict[str, Any] = field(default_factory=dict)
    """What the learner process found to hold of its sandbox."""
    counted: float = 0.0
    ticks: int = 0
    """CPU time of both processes when last counted."""
    asleep: bool = False
    """They hardly used any since the count before: another verdict can use this one's core."""
    stopped: float = 0.0
    """When the learner process was stopped; after some grace the judge follows."""


class Server:
    """One client, as many jobs at a time as there are slots, not counting those that sleep."""

    def __init__(self, client: Lines, reply: int, make: Maker, mode: sandbox.Mode, slots: int = 1) -> None:
        self._client = client
        self._reply = reply
        self._make = make
        self._mode = mode
        self._waiting: deque[dict[str, Any]] = deque()
        self._slots = slots
        self._running: dict[int, Running] = {}
        """By the number of the job."""
        self._next: Pair | None = None
        self._ending: list[Pair] = []
        """Whose learner process has been killed, and takes a moment to be gone."""
        self._verdicts = 0
        self._later = deque(make.later)
        """What is still to be imported for the pairs to come."""

    def serve(self) -> None:
        """Work until the client is gone."""
        try:
            self._prepare()
            self._say({"ready": True})
            sandbox.sweep_scratch()
            while self._turn():
                pass
        finally:
            for pair in (self._next, *(running.pair for running in self._running.values())):
                if pair is not None:
                    self._finish(pair)
            for pair in self._ending:
                pair.gone(within=5.0)
            self._make.close()

    def _prepare(self) -> None:
        if self._next is None:
            self._next = self._make.pair()

    def _say(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            write_line(self._reply, message)

    def _turn(self) -> bool:
        running = list(self._running.values())
        watched: list[Lines] = [self._client, *(one.pair.control for one in running)]
        patience = self._patience()
        ready, _, _ = select.select(watched, (), (), patience)
        self._ending = [pair for pair in self._ending if not pair.gone()]
        if self._client in ready:
            messages, is_open = self._client.available()
            if not is_open:
                return False
            for message in messages:
                self._told(message)
        for one in running:
            if one.pair.control in ready and one.id in self._running:
                self._from_judge(one)
            if one.id in self._running:
                self._watch(one)
        while self._waiting and self._has_room():
            self._start(self._waiting.popleft())
        if not self._running:
            self._rest(idle=not ready and patience == _IDLE)
        elif self._slots > 1:
            self._prepare()  # where one verdict follows the other there is no rest to do it in
        return True

    def _has_room(self) -> bool:
        """With several slots, code that sleeps costs nobody's time but its own."""
        most = self._slots if self._slots == 1 else self._slots * _MOST
        awake = sum(not running.asleep for running in self._running.values())
        return awake < self._slots and len(self._running) < most

    def _finish(self, pair: Pair, *, sound: bool = False) -> None:
        pair.end(sound=sound)
        self._ending.append(pair)

    def _patience(self) -> float | None:
        if self._ending:
            return 0.005
        if self._running:
            return 0.05
        return _IDLE if self._later else None

    def _rest(self, *, idle: bool) -> None:
        """Between two jobs: have a pair ready; import a part of what would make a later verdict slow."""
        if idle and self._later:
            self._make.do_later(self._later.popleft())
            if not self._later:
                old, self._next = self._next, None
                if old is not None:
                    self._finish(old)
        self._prepare()

    def _told(self, message: dict[str, Any]) -> None:
        if "job" in message:
            self._waiting.append(message)
        elif "cancel" in message:
            self._waiting = deque(m for m in self._waiting if m["id"] != message["cancel"])
            if running := self._running.get(message["cancel"]):
                self._end(running, {"cancelled": True})
            else:
                self._say({"id": message["cancel"], "end": {"cancelled": True}})

    def _start(self, message: dict[str, Any]) -> None:
        self._prepare()
        self._verdicts += 1
        if self._verdicts == _BUSY:
            self._hurry()
        pair, self._next = self._next, None
        assert pair is not None
        self._running[message["id"]] = Running(message["id"], pair, message["job"]["limits"])
        pair.begin({"job": message["job"], "sandbox": self._mode})

    def _hurry(self) -> None:
        """Import the rest at once: this job waits for it, and all after it are quicker."""
        while self._later:
            self._rest(idle=True)

    def _from_judge(self, running: Running) -> None:
        messages, is_open = running.pair.control.available()
        for message in messages:
            if "lost" in message:
                self._lost(running)
            elif "end" in message:
                self._end(running, message["end"], sound=True)
                return
            elif "broken" in message:
                self._end(running, {"broken": message["broken"]}, sound=True)
                return
            elif "begin" in message:
                running.begun, running.started, running.since = True, time.monotonic(), time.monotonic()
                running.found = message["begin"]
                if running.found.get("missing"):
                    self._end(running, {"refused": running.found["missing"]}, sound=True)
                    return
            else:
                if "start" in message or "finding" in message:
                    running.since = time.monotonic()
                self._say({"id": running.id, **message})
        if not is_open:
            self._end(running, {"died": running.pair.killed_for or "judge"})

    def _lost(self, running: Running) -> None:
        """The judge's connection to the learner process has ended: see how, and say so."""
        learner = running.pair.learner
        status = learner.ended(within=0.5)
        if status is None:
            learner.kill()
            status = 0
        running.pair.control.send({"why": running.pair.killed_for or "ended", "status": status})

    def _watch(self, running: Running) -> None:
        now, most = time.monotonic(), running.limits
        if running.stopped:
            if now > running.stopped + _GRACE + most["check_seconds"]:
                self._end(running, {"died": running.pair.killed_for})
        elif not running.begun:
            if now > running.started + _BEGIN:
                self._end(running, {"died": "judge"})
        elif now > running.since + most["check_seconds"]:  # the closer limit, even where this server comes late
            self._stop(running, "check")
        elif now > running.started + most["verdict_seconds"]:
            self._stop(running, "verdict")
        elif now > running.counted + _COUNT_EVERY:
            running.counted = now
            self._count(running)

    def _count(self, running: Running) -> None:
        """See whether it sleeps; stop it when it started or wrote too much, where no limit of the kernel counts."""
        learner, most = running.pair.learner.pid, running.limits
        threads, ticks = pairs.usage_of(learner)
        ticks += pairs.usage_of(running.pair.bench.process.pid)[1]
        running.asleep, running.ticks = running.ticks > 0 and ticks - running.ticks < _ASLEEP, ticks
        if _descendants(learner) > most["processes"]:
            self._stop(running, "processes")
        elif threads > _THREADS:
            self._stop(running, "threads")
        elif sandbox.overfull(running.pair.scratch, _FILES_SIZE * most["file_size"], _FILES):
            self._stop(running, "files")

    def _stop(self, running: Running, why: str) -> None:
        running.pair.killed_for, running.stopped = why, time.monotonic()
        if hasattr(signal, "SIGUSR1"):
            running.pair.learner.signal(signal.SIGUSR1)  # prints the line it hangs at
            time.sleep(_STACK_TIME)
        running.pair.learner.kill()

    def _end(self, running: Running, message: dict[str, Any], *, sound: bool = False) -> None:
        del self._running[running.id]
        told = limits.enforced(Limits(**running.limits), running.found) if running.begun else {}
        self._say({"id": running.id, "end": {"limits": told, **message}})
        self._finish(running.pair, sound=sound)


def _descendants(pid: int) -> int:
    count, todo = 0, [pid]
    while todo:
        children = pairs.children_of(todo.pop())
        count += len(children)
        todo += children
        if count > 10_000:
            break
    return count


def _client_lines() -> Lines:
    """Give stdin as something select can wait for; pipes are that everywhere but on Windows."""
    ours, theirs = socket.socketpair()

    def pump() -> None:
        while data := os.read(0, 1 << 16):
            ours.sendall(data)
        ours.close()

    threading.Thread(target=pump, daemon=True).start()
    return Lines(theirs)


class _Pipe(Lines):
    def __init__(self) -> None:
        super().__init__(_StdinSocket())  # type: ignore[arg-type]


class _StdinSocket:
    """The one method of a socket that `Lines` reads with, over stdin."""

    def fileno(self) -> int:
        return 0

    def recv(self, size: int) -> bytes:
        return os.read(0, size)


def main() -> None:
    """Be the server."""
    mode: sandbox.Mode = next((mode for mode in sandbox.MODES if f"--sandbox={mode}" in sys.argv), "auto")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warm.one_thread()
    sandbox.become_subreaper()
    if mode != "off":
        sandbox.leave_network()
    reply = os.dup(1)
    os.dup2(2, 1)  # nothing that a library prints may get between the lines
    wrapped = "--bwrap" in sys.argv or (mode != "off" and sandbox.bubblewrap.wanted())
    forks = hasattr(os, "fork") and "--spare" not in sys.argv and not wrapped
    make: Maker = Template(mode, reply) if forks else Spares(mode, wrapped=wrapped)
    client: Lines = _Pipe() if os.name == "posix" else _client_lines()
    slots = next((int(word[8:]) for word in sys.argv if word.startswith("--slots=")), 1)
    Server(client, reply, make, mode, slots).serve()


if __name__ == "__main__":
    main()
