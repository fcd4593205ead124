"""One verdict in the judge: load the learner's file over there, run the checks here, tell the server as they finish."""

from __future__ import annotations

import importlib
import os
import sys
import time
import types
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from tutor.grading import errors, given, material
from tutor.grading.errors import LearnerDiedError
from tutor.grading.judge import JudgeHost, concealed, shielded
from tutor.model import Exercise, Finding, Job, Outcome

if TYPE_CHECKING:
    from tutor.checks.checkfile import Diagnoser

Tell = Callable[[dict[str, object]], None]


class Hearing:
    """Everything about the verdict on one job."""

    def __init__(self, job: Job, host: JudgeHost, tell: Tell, finding_to_json: Callable[[Finding], object]) -> None:
        self.job = job
        self.host = host
        self.exercise = material.find(job.course_root, job.exercise)
        self.notes: list[str] = []
        self._tell = tell
        self._to_json = finding_to_json
        self._findings: list[Finding] = []
        self._device = job.device

    def hold(self) -> None:
        """Run everything; each finding is told at once, the end last."""
        needs = material.all_needs(self.job.course_root, self.exercise)
        solutions = Solutions(needs, self.notes)
        sys.modules["tutor.mine"] = solutions.module
        start = time.perf_counter()
        try:
            broken = self._load(needs, solutions)
        except (LearnerDiedError, Exception) as error:
            self._not_loaded(error, time.perf_counter() - start)
        else:
            if broken is not None:
                self._found(broken)
            from tutor.grading.diagnosis import exercise_diagnoser

            diagnose = exercise_diagnoser(self.exercise)  # of all devices
            for index, device in enumerate(self._devices()):
                self._run_checks(device, f"[{device}]" if index else "", diagnose)
            for index, device in enumerate(self._devices()):  # last: nothing that is shown runs after them
                self._run_hidden(device, f"[{device}]" if index else "")
        self._tell({"end": {"notes": self.notes, "versions": versions(), "device": self._device}})

    # --- the learner's file -----------------------------------------------------------------------------------------

    def _load(self, needs: tuple[Exercise, ...], solutions: Solutions) -> Finding | None:
        sources = {need.exercise: need.source for need in self.job.needs}
        passed = [
            (need.stub.name, source, material.public_names(need.solution.read_bytes()))
            for need in needs
            if (source := sources.get(need.id)) is not None
            and (need.framework == "numpy" or self.exercise.framework == "torch")  # a NumPy exercise reaches no torch
        ]
        self.host.lend = solutions.lend
        job = {
            "file": Path(self.job.path).name or self.exercise.stub.name,
            "source": self.job.source,
            "framework": self.exercise.framework,
            "forbidden": self.exercise.forbidden,
            "needs": passed,
        }
        found = self.host.ask("scan", self.job.source, self.exercise.framework, self.exercise.forbidden)
        self.host.ask("load", job)
        return self._forbidden(cast("tuple[tuple[str, int], ...]", found))

    def _forbidden(self, found: tuple[tuple[str, int], ...]) -> Finding | None:
        if not self.exercise.forbidden and not found:
            return None
        sentence = "Uses only what this exercise allows."
        if not found:
            return Finding("allowed", sentence, "passed")
        message = "; ".join(f"{name}, line {line}" for name, line in found[:5])
        return Finding("allowed", sentence, "failed", message=f"uses a forbidden operation: {message}")

    def _not_loaded(self, error: BaseException, seconds: float) -> None:
        told = getattr(error, "tutor_message", "") or load_message(error)
        outcome = cast(Outcome, getattr(error, "tutor_outcome", "error"))
        traceback, output = errors.learner_traceback(error), self.host.printed()
        self._found(
            Finding("load", "Your file can be run.", outcome, seconds, told, traceback=traceback, output=output)
        )
        for name, sentence in material.check_sentences(self.exercise.checks):
            if not self.job.checks or name in self.job.checks:
                self._found(Finding(name, sentence, "not_run", message="not run: the file cannot be run"))
        for name, sentence in material.hidden_sentences(self.job):
            self._found(Finding(name, sentence, "not_run", hidden=True))

    # --- the checks -------------------------------------------------------------------------------------------------

    def _run_checks(self, device: str, suffix: str, diagnose: Diagnoser) -> None:
        from tutor.checks.runner import run_checks

        def begin(name: str) -> None:
            self.host.begin()
            self._tell({"start": name})

        run_checks(
            self.exercise.checks,
            self.host.mine,
            seed=self.job.seed,
            device=device,
            only=self.job.checks,
            on_start=begin,
            on_finding=lambda f: self._found(replace(f, check=f.check + suffix) if suffix else f),
            diagnose=diagnose,
            printed=self.host.printed,
        )

    def _run_hidden(self, device: str, suffix: str) -> None:
        """Run the instructor's hidden checks. A subset that was asked for by name has none of them."""
        from tutor.checks.runner import run_checks

        if self.job.hidden is None or self.job.checks:
            return

        def begin(name: str) -> None:
            self.host.begin()
            self._tell({"start": name})

        run_checks(
            self.job.hidden,
            self.host.mine,
            seed=self.job.seed,
            device=device,
            on_start=begin,
            on_finding=lambda f: self._found(replace(f, check=f.check + suffix, hidden=True)),
            printed=lambda: "",
        )

    def _found(self, finding: Finding) -> None:
        finding = shielded(self._explained(finding))
        if finding.hidden:
            finding = concealed(finding)
        self._findings.append(finding)
        self._tell({"finding": self._to_json(finding)})

    def _explained(self, finding: Finding) -> Finding:
        """The end of the learner process outweighs whatever a check made of it."""
        dead = self.host.dead
        told = any(f.message == str(dead) for f in self._findings)
        if dead is None or told or finding.outcome == "not_run":
            return finding
        return replace(finding, outcome=cast(Outcome, dead.tutor_outcome), message=str(dead))

    def _devices(self) -> tuple[str, ...]:
        """Give the devices to run the checks on; the first one's findings carry the checks' plain names."""
        import torch

        there = ["cpu"]
        if self.job.device != "cpu":
            there += ["cuda"] * torch.cuda.is_available() + ["mps"] * torch.backends.mps.is_available()
        wanted = self.job.device
        chosen: tuple[str, ...] = tuple(there) if wanted == "all" else (there[-1] if wanted == "auto" else wanted,)
        if chosen[0].partition(":")[0] not in there:
            self.notes.append(f"This machine has no {wanted} device: the checks ran on the CPU.")
            chosen = ("cpu",)
        elif wanted == "all" and len(there) == 1:
            self.notes.append("This machine has no device but its CPU.")
        self._device = "+".join(chosen)
        return chosen


class Solutions:
    """The course's own solutions of the needed exercises, loaded when first used."""

    def __init__(self, needs: tuple[Exercise, ...], notes: list[str]) -> None:
        self._loaded: dict[str, types.ModuleType] = {}
        self._owners = {n: need for need in needs for n in material.public_names(need.solution.read_bytes())}
        self._notes = notes
        self.module = types.ModuleType("tutor.mine")
        self.module.__getattr__ = self._attribute  # type: ignore[method-assign]

    def _attribute(self, name: str) -> object:
        exercise = self._owners.get(name)
        if exercise is None:
            raise AttributeError(f"no exercise that this one builds on defines {name}")
        if exercise.id not in self._loaded:
            module = types.ModuleType(given.SOLUTION + exercise.stub.stem)
            module.__file__ = str(exercise.solution)
            sys.modules[module.__name__] = module
            code = compile(exercise.solution.read_bytes(), str(exercise.solution), "exec", dont_inherit=True)
            exec(code, module.__dict__)
            self._loaded[exercise.id] = module
        return getattr(self._loaded[exercise.id], name)

    def lend(self, name: str) -> object:
        """Give the learner process what takes the place of the learner's own function or class."""
        value = self._attribute(name)
        note = f"The course's own {self._owners[name].id} stood in for yours, which has not passed yet."
        if note not in self._notes:
            self._notes.append(note)
        return value


def load_message(error: BaseException) -> str:
    """Say in one line why a file cannot be run."""
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error}"
    if isinstance(error, NotImplementedError):
        return "not implemented yet"
    text = (str(error).strip().splitlines() or [""])[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def versions() -> dict[str, str]:
    """Give the versions that decide about numbers."""
    names = {"torch": "torch", "numpy": "numpy"}
    found = {name: str(getattr(importlib.import_module(module), "__version__", "")) for name, module in names.items()}
    return {"python": ".".join(map(str, sys.version_info[:3])), **found, "system": os.name}
