"""Grading for everybody else: hand over a job, get findings as they finish, then the verdict. Imports no torch."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import tutor
from tutor.grading import material, record, sandbox
from tutor.model import CourseError, Finding, Job, Outcome, TutorError, Verdict

Method = Literal["auto", "fork", "spare"]


class Grader:
    """A warm server and the line to it. One job at a time; a new one ends an unfinished one."""

    def __init__(self, *, start_method: Method = "auto") -> None:
        if start_method == "fork" and not hasattr(os, "fork"):
            raise TutorError("This system cannot fork processes; use the start method `spare`.")
        self._method = start_method
        self._process: subprocess.Popen[bytes] | None = None
        self._messages: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._pump: threading.Thread | None = None
        self._lock = threading.Lock()
        self._number = 0
        self._current = 0

    def __enter__(self) -> Grader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def warm(self) -> None:
        """Start the server in the background; returns at once."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                return
            if self._process is not None and self._process.stdin is not None:
                with contextlib.suppress(OSError):  # what was not yet sent goes nowhere
                    self._process.stdin.close()
            command = [sys.executable, "-P", "-c", _BOOT, str(Path(tutor.__file__).parents[1])]
            if self._method == "spare":
                command.append("--spare")
            self._messages = queue.SimpleQueue()
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None if os.environ.get("TUTOR_GRADING_LOG") else subprocess.DEVNULL,
                env=sandbox.server_environment(),
                start_new_session=True,  # ctrl+c is the client's affair; the server ends when the client does
            )
            self._pump = threading.Thread(target=_pump, args=(self._process, self._messages), daemon=True)
            self._pump.start()

    def grade(self, job: Job) -> Iterator[Finding | Verdict]:
        """Yield each finding as it finishes and the verdict last; never raises for what learner code does.

        Raises CourseError when the course's own files cannot be used.
        """
        assembly = Assembly(job)
        self.warm()
        if self._current:
            self.cancel()
        self._number += 1
        number = self._current = self._number
        try:
            self._send({"id": number, "job": record.job_to_json(job)})
            while True:
                message = self._messages.get()
                if message.get("gone"):
                    yield from assembly.end({"died": "server"})
                    return
                if message.get("id") != number:
                    continue
                if "finding" in message:
                    yield assembly.add(record.finding_from_json(message["finding"]))
                elif "end" in message:
                    self._current = 0
                    yield from assembly.end(message["end"])
                    return
        finally:
            if self._current == number:
                self.cancel()
                self._current = 0

    def cancel(self) -> None:
        """End the running verdict; `grade` then ends with outcome `not_run`."""
        if self._current:
            self._send({"cancel": self._current})

    def close(self) -> None:
        """End the server and everything it started."""
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            assert process.stdin is not None
            process.stdin.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._pump is not None:
            self._pump.join(timeout=5)

    def _send(self, message: dict[str, Any]) -> None:
        process = self._process
        if process is None or process.stdin is None:
            return
        with contextlib.suppress(OSError, ValueError):
            process.stdin.write(json.dumps(message).encode() + b"\n")
            process.stdin.flush()


_BOOT = "import sys; sys.path.append(sys.argv[1]); from tutor.grading.server import main; main()"


def _pump(process: subprocess.Popen[bytes], messages: queue.SimpleQueue[dict[str, Any]]) -> None:
    assert process.stdout is not None
    with contextlib.suppress(OSError, ValueError), process.stdout as lines:
        for line in lines:
            messages.put(json.loads(line))
    messages.put({"gone": True})


class Assembly:
    """Puts a verdict together from findings, and fills in what a run that broke off has not said."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._course = material.course_facts(job.course_root)
        self._findings: list[Finding] = []
        self._start = time.monotonic()

    def add(self, finding: Finding) -> Finding:
        """Take a finding."""
        self._findings.append(finding)
        return finding

    def end(self, end: dict[str, Any]) -> Iterator[Finding | Verdict]:
        """Give what is missing, then the verdict."""
        if "broken" in end:
            raise CourseError(end["broken"])
        yield from self._missing(end)
        yield self.verdict(end)

    def _missing(self, end: dict[str, Any]) -> Iterator[Finding]:
        exercise = material.find(self._job.course_root, self._job.exercise)
        seen = {f.check.partition("[")[0] for f in self._findings}
        died = end.get("died")
        for name, sentence in material.check_sentences(exercise.checks):
            wanted = not self._job.checks or name in {c.partition("[")[0] for c in self._job.checks}
            if name in seen or not wanted:
                continue
            outcome: Outcome = "not_run"
            message = "not run: the run was ended" if end.get("cancelled") else "not run"
            if died:
                outcome = "timeout" if died in ("check", "verdict") else "error"
                message = "the check was stopped" if outcome == "timeout" else "the grader's own process ended unexpectedly"
                died = None
            yield self.add(Finding(name, sentence, outcome, message=message))

    def verdict(self, end: dict[str, Any], *, counted: bool = True) -> Verdict:
        """Give the verdict on the findings so far."""
        job = self._job
        return Verdict(
            exercise=job.exercise,
            outcome=overall(self._findings),
            findings=tuple(self._findings),
            path=job.path,
            sha256=hashlib.sha256(job.source).hexdigest(),
            course=self._course[0],
            course_version=self._course[1],
            seed=job.seed,
            device=str(end.get("device", job.device)),
            seconds=time.monotonic() - self._start,
            counted=counted and not job.checks,
            notes=tuple(end.get("notes", ())),
            limits={str(k): str(v) for k, v in end.get("limits", {}).items()},
            versions={str(k): str(v) for k, v in end.get("versions", {}).items()},
        )


def overall(findings: list[Finding]) -> Outcome:
    """Give a verdict's outcome: passed only if there is a finding and all passed; else that of the first that did not."""
    if not findings:
        return "not_run"
    return next((f.outcome for f in findings if f.outcome != "passed"), "passed")


def grade_once(job: Job) -> Verdict:
    """Grade one job with a server of its own."""
    with Grader() as grader:
        return next(item for item in grader.grade(job) if isinstance(item, Verdict))


def debug(job: Job) -> Verdict:
    """Grade in this process, so that `breakpoint()` works; such a verdict never counts."""
    from tutor.grading import debug as debugging

    return debugging.run(job)
