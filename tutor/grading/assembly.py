"""Puts a verdict together from the findings of a run, and fills in what a run that broke off has not said."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from typing import Any

from tutor.grading import limits, material
from tutor.model import CourseError, Finding, Job, Outcome, TutorError, Verdict, base_name


class Assembly:
    """Puts a verdict together from findings, and fills in what a run that broke off has not said."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._course = material.course_facts(job.course_root)
        self._findings: list[Finding] = []
        self._start = time.monotonic()

    @property
    def begun(self) -> bool:
        """True once there is a finding."""
        return bool(self._findings)

    def add(self, finding: Finding) -> Finding:
        """Take a finding."""
        self._findings.append(finding)
        return finding

    def end(self, end: dict[str, Any]) -> Iterator[Finding | Verdict]:
        """Give what is missing, then the verdict."""
        if "broken" in end:
            raise CourseError(end["broken"])
        if "refused" in end:
            raise TutorError(limits.refusal(end["refused"]))
        yield from self._missing(end)
        # A grader that died says nothing about the learner's file: no attempt is made of it.
        yield self.verdict(end, counted=end.get("died") in (None, "check", "verdict"))

    def _missing(self, end: dict[str, Any]) -> Iterator[Finding]:
        exercise = material.find(self._job.course_root, self._job.exercise)
        seen = {(base_name(f.check), f.hidden) for f in self._findings}
        died = end.get("died")
        manifest = [(name, sentence, False) for name, sentence in material.check_sentences(exercise.checks)]
        manifest += [(name, sentence, True) for name, sentence in material.hidden_sentences(self._job)]
        for name, sentence, hidden in manifest:
            wanted = not self._job.checks or name in set(map(base_name, self._job.checks))
            if (name, hidden) in seen or not wanted:
                continue
            outcome: Outcome = "not_run"
            message = "not run: the run was ended" if end.get("cancelled") else "not run"
            if died:
                outcome = "timeout" if died in ("check", "verdict") else "error"
                message = (
                    "the check was stopped"
                    if outcome == "timeout"
                    else "the grader's own process ended unexpectedly; grade again (unless your code ends it)"
                )
                died = None
            yield self.add(Finding(name, sentence, outcome, message=message, hidden=hidden))

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
    """Give a verdict's outcome: passed if there is a finding and all passed; else that of the first that did not."""
    if not findings:
        return "not_run"
    return next((f.outcome for f in findings if f.outcome != "passed"), "passed")
