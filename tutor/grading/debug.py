"""Grading in one process: no judge apart, no limits, so that `breakpoint()` works. Such a verdict never counts."""

from __future__ import annotations

import sys
import types
from dataclasses import replace
from pathlib import Path

from tutor.grading import material
from tutor.grading.assembly import Assembly
from tutor.grading.hearing import Solutions, load_message, versions
from tutor.model import Finding, Job, Verdict


def run(job: Job) -> Verdict:
    """Run the learner's file and the checks right here."""
    from tutor.checks.runner import run_checks

    exercise = material.find(job.course_root, job.exercise)
    needs, notes = (
        material.all_needs(job.course_root, exercise),
        ["Run in one process by --debug: this does not count."],
    )
    solutions = Solutions(needs, notes)
    assembly = Assembly(job)
    before = sys.modules.get("tutor.mine")
    sys.modules["tutor.mine"] = solutions.module
    try:
        for need in job.needs:
            if need.source is not None:
                module = _execute(need.source, f"{need.exercise}.py")
                names = {n: v for n, v in vars(module).items() if not n.startswith("_")}
                solutions.module.__dict__.update(names)
        try:
            mine = _execute(job.source, job.path)
        except Exception as error:
            assembly.add(Finding("load", "Your file can be run.", "error", message=load_message(error)))
        else:
            for finding in run_checks(exercise.checks, mine, seed=job.seed, device=_device(job), only=job.checks):
                assembly.add(finding)
    finally:
        sys.modules.pop("tutor.mine", None)
        if before is not None:
            sys.modules["tutor.mine"] = before
    *_, verdict = assembly.end({"notes": notes, "versions": versions()})
    assert isinstance(verdict, Verdict)
    return replace(verdict, counted=False)


def _device(job: Job) -> str:
    return "cpu" if job.device in ("auto", "all") else job.device


def _execute(source: bytes, path: str) -> types.ModuleType:
    module = types.ModuleType(Path(path).stem)
    module.__file__ = path
    exec(compile(source, path, "exec", dont_inherit=True), module.__dict__)
    return module
