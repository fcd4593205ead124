"""The process that judge and learner process are forked from: has imported everything and never sees a job.

What a server has handled (sources, findings, paths) stays in its memory for a while, and a fork of it would carry that
along, to be searched by the next learner's code. So the server stays small and asks this process for its pairs.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
from functools import partial
from typing import Any

from tutor.grading import pair as pairs
from tutor.grading import sandbox, warm
from tutor.grading.lines import Lines
from tutor.grading.pair import Judge, Pair, Process

_LONGEST = 1 << 16

_JOBS_EACH = 50
"""How many jobs a judge hears before another takes its place."""


class Template:
    """The server's line to it."""

    later = warm.LATER

    def __init__(self, mode: sandbox.Mode, *foreign: int) -> None:
        """Fork it from this process, which must be small and have one thread; it closes the descriptors `foreign`."""
        self._free: list[Judge] = []
        self._sock, theirs = socket.socketpair()
        server = os.getpid()
        if os.fork() == 0:
            try:
                self._sock.close()
                _be_template(theirs, server, mode, foreign)
            finally:
                os._exit(70)
        theirs.close()

    def pair(self) -> Pair:
        """Have a learner process forked, and a judge where none is free."""
        told, files = self._ask({"pair": True, "judge": not self._free})
        if not self._free:
            process = Process(told["judge"], partial(self._status, told["judge"]))
            self._free.append(Judge(process, Lines(socket.socket(fileno=files.pop())), told["bench"]))
        bench, pid = self._free.pop(), told["learner"]
        learner = Process(pid, partial(self._status, pid))
        bury = partial(self._ask, {"ended": [pid]})
        return Pair(bench, learner, told["scratch"], partial(self._take_back, bench), bury, tuple(files))

    def _take_back(self, bench: Judge, sound: bool) -> None:
        if sound and bench.heard < _JOBS_EACH and bench.process.ended() is None:
            self._free.append(bench)
        else:
            bench.end()
            self._ask({"ended": [bench.process.pid]})

    def do_later(self, name: str) -> None:
        """Have something done that the processes to come find done: one of `later`."""
        self._ask({"later": name})
        self.close()

    def close(self) -> None:
        """End the judges that wait for a job."""
        while self._free:
            bench = self._free.pop()
            bench.end()
            self._ask({"ended": [bench.process.pid]})

    def _status(self, pid: int) -> int | None:
        status = self._ask({"status": pid})[0]["status"]
        return None if status is None else int(status)

    def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
        self._sock.sendall(json.dumps(request).encode() + b"\n")
        data, received = b"", list[int]()
        while not data.endswith(b"\n"):
            part, descriptors, _, _ = socket.recv_fds(self._sock, _LONGEST, 3)
            if not part:
                raise ConnectionError("the template process has ended")
            data += part
            received += descriptors
        return json.loads(data), received


def _be_template(sock: socket.socket, server: int, mode: sandbox.Mode, foreign: tuple[int, ...]) -> None:
    for number in foreign:
        os.close(number)
    sandbox.redirect_input()
    sandbox.own_session()
    sandbox.die_with_parent(server)
    sandbox.become_subreaper()
    warm.import_everything()
    sandbox.prepare()
    if threading.active_count() != 1:
        raise RuntimeError("the process that forks must have one thread")
    family: dict[int, Process] = {}
    requests = Lines(sock)
    while (request := requests.receive()) is not None:
        answer, descriptors = _answer(request, family, mode)
        socket.send_fds(sock, [json.dumps(answer).encode() + b"\n"], descriptors)
        for number in descriptors:
            os.close(number)
    os._exit(0)


def _answer(
    request: dict[str, Any], family: dict[int, Process], mode: sandbox.Mode
) -> tuple[dict[str, Any], list[int]]:
    if "pair" in request:
        learner, scratch, files = pairs.fork_learner(mode)
        told, handed = {"learner": learner.pid, "scratch": scratch}, list(files)
        family[learner.pid] = learner
        if request["judge"]:
            judge, bench, control = pairs.fork_judge()
            family[judge.pid] = judge
            told |= {"judge": judge.pid, "bench": bench}
            handed.append(control)
        return told, handed
    if "status" in request:
        process = family.get(request["status"])
        return {"status": -9 if process is None else process.ended()}, []
    if "later" in request:
        warm.do_later(request["later"])
    if "ended" in request:
        for pid in request["ended"]:
            with contextlib.suppress(KeyError):
                del family[pid]
        pairs.reap_strays(set(family))
    return {}, []
