"""Grading for everybody else: hand over a job, get findings as they finish, then the verdict. Imports no torch."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Literal

from tutor.grading import record
from tutor.grading.assembly import Assembly
from tutor.grading.connection import Connection
from tutor.grading.sandbox import Mode
from tutor.model import Finding, Job, TutorError, Verdict

Method = Literal["auto", "fork", "spare", "bwrap"]
"""`auto` forks where that is possible, and takes bubblewrap where only that can guard files."""


class Grader:
    """A warm server and the line to it.

    With one slot, a new job ends an unfinished one. With more, as many threads may grade at a time.
    """

    def __init__(self, *, start_method: Method = "auto", sandbox: Mode = "auto", slots: int = 1) -> None:
        if start_method == "fork" and not hasattr(os, "fork"):
            raise TutorError("This system cannot fork processes; use the start method `spare`.")
        self._method = start_method
        self.mode: Mode = sandbox
        """How strictly learner code is closed off; counts when the server starts."""
        self._server: Connection | None = None
        self._lock = threading.Lock()
        self._slots = slots
        self._number = 0
        self._active: set[int] = set()

    def __enter__(self) -> Grader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def server_pid(self) -> int | None:
        """The warm server's process, once it was started."""
        return None if self._server is None else self._server.process.pid

    def warm(self) -> None:
        """Start the server in the background; returns at once."""
        self._connection()

    def grade(self, job: Job) -> Iterator[Finding | Verdict]:
        """Yield each finding as it finishes and the verdict last; never raises for what learner code does.

        Raises CourseError when the course's own files cannot be used, and TutorError when `strict` cannot be enforced.
        """
        assembly = Assembly(job)
        if self._slots == 1:
            self.cancel()
        with self._lock:
            self._number += 1
            number = self._number
            self._active.add(number)
        try:
            for attempt in ("first", "again"):
                server = self._connection()
                for message in server.ask(number, {"job": record.job_to_json(job)}):
                    if "finding" in message:
                        yield assembly.add(record.finding_from_json(message["finding"]))
                    elif "end" in message:
                        self._active.discard(number)
                        yield from assembly.end(message["end"])
                        return
                if assembly.begun or attempt == "again":
                    break  # else an idle server had died unnoticed: nobody's fault, and a new one is quickly made
            yield from assembly.end({"died": "server"})
        finally:
            if number in self._active:
                self._cancel(number)

    def cancel(self) -> None:
        """End what is running; `grade` then ends with outcome `not_run`."""
        for number in tuple(self._active):
            self._cancel(number)

    def _cancel(self, number: int) -> None:
        self._active.discard(number)
        if self._server is not None:
            self._server.send({"cancel": number})

    def close(self) -> None:
        """End the server and everything it started."""
        with self._lock:
            server, self._server = self._server, None
        if server is not None:
            server.close()

    def _connection(self) -> Connection:
        with self._lock:
            if self._server is not None and self._server.gone:
                self._server.close()
                self._server = None
            if self._server is None:
                self._server = Connection(self._method, self.mode, self._slots)
            return self._server


def grade_once(job: Job) -> Verdict:
    """Grade one job with a server of its own."""
    with Grader() as grader:
        return next(item for item in grader.grade(job) if isinstance(item, Verdict))


def debug(job: Job) -> Verdict:
    """Grade in this process, so that `breakpoint()` works; such a verdict never counts."""
    from tutor.grading import debug as debugging

    return debugging.run(job)
