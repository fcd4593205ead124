"""The judge process from start to end: wait for a job, hold the hearing, tell the server; then perhaps the next one."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import re
import select
import signal
import socket
import warnings
from typing import Any

from tutor.grading import record, sandbox, warm
from tutor.grading.errors import LearnerDiedError
from tutor.grading.hearing import Hearing
from tutor.grading.judge import JudgeHost
from tutor.grading.lines import Lines, LinesWithFiles
from tutor.grading.output import Output
from tutor.grading.state import ProcessState
from tutor.grading.wire import Channel, ClosedError
from tutor.model import CourseError, Job

_STACK = re.compile(r"Stack \(most recent call first\):\n((?:  File .*\n?)*)")
_FRAME = re.compile(r'  File "([^"]+)", line (\d+) in (\S+)')


def main(rpc: socket.socket, printed: socket.socket, control: Lines, scratch: str) -> None:
    """Be the judge for one job."""
    _make_ready(control, scratch)
    if (message := control.receive()) is not None:
        _hear(message, rpc, printed, control)
    os._exit(0)


def serve(control: LinesWithFiles, scratch: str) -> None:
    """Be the judge for one job after the other, each the first one for all it can tell."""
    _make_ready(control, scratch)
    from tutor.checks.session import in_session

    in_session(lambda: _serve(control))


def _serve(control: LinesWithFiles) -> None:
    state = ProcessState()
    while (message := control.receive()) is not None:
        rpc, printed = (socket.socket(fileno=number) for number in control.files)
        control.files.clear()
        with warnings.catch_warnings():
            _hear(message, rpc, printed, control)
        for sock in (rpc, printed):
            sock.close()
        del message, rpc, printed, sock
        state.restore()
    os._exit(0)


def _make_ready(control: Lines, scratch: str) -> None:
    gc.set_threshold(50_000, 20, 100)  # collecting often costs more than it frees
    if not select.select([control], (), (), 0)[0]:
        warm.limber_judge(scratch)


def _hear(message: dict[str, Any], rpc: socket.socket, printed: socket.socket, control: Lines) -> None:
    job = record.job_from_json(message["job"])
    sandbox.limit_memory(2 * job.limits.memory)  # the learner's code decides how much is sent here
    output = Output(printed, job.limits.output)
    channel = Channel(rpc, output)
    found = _closed_off(channel, job, message.get("sandbox", "auto"))
    control.send({"begin": found})
    if found.get("missing"):
        return  # the server says so; no line of learner code has run
    file = os.path.basename(job.path)  # noqa: PTH119  only the name
    host = JudgeHost(channel, output, lambda: _why(control, job, output, file), file)
    try:
        Hearing(job, host, control.send, record.finding_to_json).hold()
    except CourseError as error:
        control.send({"broken": str(error)})


def _closed_off(channel: Channel, job: Job, mode: sandbox.Mode) -> dict[str, Any]:
    """Have the learner process close itself off, and give what it found to hold. It has not seen learner code yet."""
    secret = [job.course_root / "exercises", job.course_root / "solutions", *([job.hidden] if job.hidden else [])]
    wanted = sandbox.Confinement(job.limits, "", tuple(map(str, secret)), devices=job.device != "cpu")
    found: dict[str, Any] = {}
    with contextlib.suppress(ClosedError):  # a death is told with the first question
        channel.send(wanted.to_json())
        found = json.loads(channel.receive())
    if mode == "strict":
        found["missing"] = [name for name in sandbox.GUARDS if name not in found.get("held", ())]
    return found


def _why(control: Lines, job: Job, output: Output, file: str) -> LearnerDiedError:
    """Ask the server how the learner process ended."""
    control.send({"lost": True})
    message = control.receive()
    where = _where(output, file)
    if message is None:
        return LearnerDiedError("your code's process was ended")
    return explain(message["why"], message.get("status"), job, where)


def _where(output: Output, file: str) -> str:
    """Take the stack that faulthandler printed out of the output; give the learner's own frames."""
    text = output.text()
    found = _STACK.search(text)
    if found is None:
        return ""
    output.hide(found[0])
    frames = [frame for frame in _FRAME.findall(found[1]) if frame[0] == file]
    return "\n".join(f'File "{name}", line {line}, in {function}' for name, line, function in reversed(frames[:10]))


def explain(why: str, status: int | None, job: Job, where: str) -> LearnerDiedError:
    """Say in one sentence how the learner process ended."""
    limits = job.limits
    line = re.search(r"line (\d+)[^\n]*\Z", where)
    place = f" (it was at line {line[1]})" if line else ""
    if why == "check":
        return _timeout(
            f"took longer than {limits.check_seconds:g} s and was stopped{place}: is there an endless loop?", where
        )
    if why == "verdict":
        return _timeout(
            f"all checks together took longer than {limits.verdict_seconds:g} s and were stopped{place}", where
        )
    if why == "processes":
        return LearnerDiedError(
            f"your code started more than {limits.processes} processes and was stopped", traceback=where
        )
    if why == "threads":
        return LearnerDiedError("your code started hundreds of threads and was stopped", traceback=where)
    if why == "files":
        return LearnerDiedError("your code filled its folder with files and was stopped", traceback=where)
    if status is not None and status >= 0:
        return LearnerDiedError(f"your code ended the program itself, with exit code {status}", traceback=where)
    number = -(status or 0)
    if number == getattr(signal, "SIGXCPU", None):
        return _timeout(f"used more than {limits.cpu_seconds:g} s of computing time and was stopped{place}", where)
    if number == signal.SIGSEGV:
        return LearnerDiedError(
            f"your code crashed Python itself (segmentation fault){place}: very deep recursion or memory used wrongly",
            traceback=where,
        )
    if number == getattr(signal, "SIGKILL", 9):
        return LearnerDiedError(
            "your code's process was killed by the system: it probably ran out of memory", traceback=where
        )
    name = signal.Signals(number).name if number in list(signal.Signals) else f"signal {number}"
    return LearnerDiedError(f"your code's process was ended by {name}{place}", traceback=where)


def _timeout(message: str, where: str) -> LearnerDiedError:
    return LearnerDiedError(message, "timeout", where)
