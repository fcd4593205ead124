"""One submission as a task for any machine: plain JSON in, plain JSON out, graded by this process's warm server.

Every engine behind `concurrent.futures` runs `grade`: threads here, workers of a cluster elsewhere, where the course
must lie at the same path.
"""

from __future__ import annotations

import atexit
import base64
import threading
from dataclasses import replace
from typing import Any

from tutor.grading.client import Grader
from tutor.grading.record import job_from_json, verdict_to_json
from tutor.model import Job, Need, Verdict

_TRIES = 2
"""A verdict that broke off for no fault of the learner's code is made once more."""

_lock = threading.Lock()
_stopping = threading.Event()
_graders: dict[str, Grader] = {}
slots = 1
"""How many tasks this process works on at a time, all with one warm server; set before the first."""


def grade(task: dict[str, Any]) -> dict[str, Any]:
    """Grade the exercises of one submission in order; those that passed serve the later ones.

    A step is a job as `tutor.grading.record` writes it, with a `key`, the names it `builds_on`, and `passed` where its
    verdict is known already. Raises what the grader raises, such as a TutorError about the sandbox.
    """
    grader = _grader(task["sandbox"])
    passed: dict[str, bytes] = {}
    verdicts = []
    for step in task["steps"]:
        if _stopping.is_set():
            break
        job = job_from_json(step["job"])
        if step["passed"] is None:
            needs = tuple(Need(name, passed.get(name)) for name in step["builds_on"])
            verdict = _verdict(grader, job, needs)
            if _stopping.is_set():  # it was cut off in the middle, and must not count
                break
            verdicts.append({"key": step["key"], "verdict": verdict_to_json(verdict)})
            good = verdict.passed
        else:
            good = step["passed"]
        if good:
            passed[job.exercise] = base64.b64decode(step["job"]["source"])
    return {"verdicts": verdicts}


def _verdict(grader: Grader, job: Job, needs: tuple[Need, ...]) -> Verdict:
    for _ in range(_TRIES):
        *_, verdict = grader.grade(replace(job, needs=needs))
        if (isinstance(verdict, Verdict) and verdict.counted) or _stopping.is_set():
            break
    assert isinstance(verdict, Verdict)
    return verdict


def _grader(sandbox: str) -> Grader:
    with _lock:
        if sandbox not in _graders:
            _graders[sandbox] = Grader(sandbox=sandbox, slots=slots)  # type: ignore[arg-type]  # checked where it was read
        return _graders[sandbox]


def stop() -> None:
    """End what runs in this process; tasks then give the verdicts that they had finished, until `go_on`."""
    _stopping.set()
    for grader in list(_graders.values()):
        grader.cancel()


def go_on() -> None:
    """Take tasks again."""
    _stopping.clear()


def close() -> None:
    """End every warm server of this process."""
    with _lock:
        while _graders:
            _graders.popitem()[1].close()


atexit.register(close)
