"""One file of checks: imported afresh, its checks listed, and programs put through them with one outcome each.

A check passes only when its function ran to its end for every draw; skips, missing checks and errors in fixtures are
never a pass. All draws of a check run inside one pytest item: an item costs more than a draw.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import inspect
import io
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import CodeType, ModuleType
from typing import cast

import pytest
from _pytest.assertion.rewrite import rewrite_asserts

from tutor.checks.calls import Watched
from tutor.checks.draws import Draw, begin_draw
from tutor.checks.failure import CheckFailure
from tutor.checks.finding import finding_of
from tutor.checks.render import clean
from tutor.model import Diagnosis, Finding


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A check that failed on one draw, and the means to run it again, with this or another program."""

    name: str
    error: BaseException
    mine: object
    index: int
    count: int
    rerun: Callable[[object, int], BaseException | None]
    """(program, draw index) → what the check raises, or None when it passes."""
    passed: Sequence[Callable[[object], BaseException | None]] = ()
    """The same for what the learner's program is known to pass: earlier draws of this check, and the checks before."""


CHEAP = 0.5
"""Seconds of CPU time here, which do not depend on what else the machine does: a check that passed within them may be
run again, with known mistakes, to tell two of them apart."""

FURTHER = 1.0
"""Seconds for further draws that tell mistakes apart: a diagnosis must not time out."""

DRAWS_EACH = 5
"""How many draws of each such check."""

Diagnoser = Callable[[FailedCheck], "Diagnosis | None"]


@dataclass(slots=True)
class Run:
    """One program under all checks: what it is, how to run it, whom to tell, and the findings so far."""

    mine: object
    seed: int = 0
    device: str = "cpu"
    only: Sequence[str] = ()
    on_start: Callable[[str], None] | None = None
    on_finding: Callable[[Finding], None] | None = None
    diagnose: Diagnoser | None = None
    printed: Callable[[], str] | None = None
    """What the learner's code printed since the check began; None when it runs in this process."""
    stop_at_first: bool = False
    findings: list[Finding] = field(default_factory=list)
    ended: str = ""
    """Why the remaining checks are not run."""


class CheckModule(pytest.Module):
    """A file of checks, imported afresh under its own name, wherever it lies."""

    def _getobj(self) -> ModuleType:
        module = ModuleType(self.path.stem)
        module.__file__ = str(self.path)
        sys.modules[module.__name__] = module
        exec(_code(self.path, self.config), module.__dict__)
        return module


_CODE: dict[Path, tuple[tuple[int, int], CodeType]] = {}
"""What a file was compiled to, with its time and size then: a third of a small verdict."""


def _code(path: Path, config: pytest.Config) -> CodeType:
    """Compile a file as pytest does, with assertions that tell their values."""
    stat = path.stat()
    age = (stat.st_mtime_ns, stat.st_size)
    known = _CODE.get(path)
    if known is None or known[0] != age:
        source = path.read_bytes()
        tree = ast.parse(source, str(path))
        rewrite_asserts(tree, source, str(path), config)
        known = _CODE[path] = age, compile(tree, str(path), "exec", dont_inherit=True)
    return known[1]


class CheckFile:
    """One file of checks; `run` puts programs through them, as often as wanted."""

    def __init__(self, path: Path, session: pytest.Session) -> None:
        """Name it; nothing is read before `collect`."""
        self._path, self._session = path, session
        self._items: list[pytest.Function] = []
        self._run = Run(None)
        self._finding: Finding | None = None
        self._passed: list[pytest.Function] = []
        self.broken = ""
        """Why the file of checks cannot be used; empty when it can."""

    def collect(self) -> None:
        """Import the file and list its checks: against this list passes are counted."""
        module = CheckModule.from_parent(self._session, path=self._path)
        self._items = [item for item in self._session.genitems(module) if isinstance(item, pytest.Function)]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all checks, in the order of the file."""
        return tuple(item.name for item in self._items)

    # -- what pytest asks for

    @property
    def mine(self) -> object:
        """The program under test."""
        return self._run.mine

    def draw(self, check: object, name: str, index: int) -> Draw:
        """Make one draw of a check."""
        return Draw(self._run.seed, name, index, getattr(check, "tutor_draws", 1), self._run.device)

    def check(self, item: pytest.Function) -> None:
        """Run one check with all its draws."""
        self._finding = self._check(item)

    def kept_from_running(self, report: pytest.TestReport) -> None:
        """Take note of a check that pytest did not come to call."""
        if self._finding is None:
            name = report.nodeid.rpartition("::")[2]
            message = "the check was skipped" if report.skipped else reason(str(report.longrepr))
            self._finding = Finding(name, name, "not_run", report.duration, message)

    # -- running

    def run(self, run: Run) -> tuple[Finding, ...]:
        """Put one program through the checks; one finding for each that was asked for, in order."""
        self._run = run
        self._passed = []
        if not hasattr(run.mine, "tutor_last_call"):
            run.mine = Watched(run.mine)
        wanted = [
            item for item in self._items if not run.only or item.name in run.only or item.originalname in run.only
        ]
        for item in wanted:
            finding = self._not_run(item) if run.ended else self._one(item)
            run.findings.append(finding)
            if run.on_finding:
                run.on_finding(finding)
            if run.stop_at_first and finding.outcome != "passed":
                break
        return tuple(run.findings)

    def _one(self, item: pytest.Function) -> Finding:
        if self._run.on_start:
            self._run.on_start(item.name)
        self._finding = None
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)  # so that it leaves nothing set up
        finding = cast("Finding | None", self._finding)
        return finding or Finding(item.name, sentence_of(item), "not_run", message="the check did not run")

    def _not_run(self, item: pytest.Function) -> Finding:
        return Finding(item.name, sentence_of(item), "not_run", message=self._run.ended)

    def _check(self, item: pytest.Function) -> Finding:
        run = self._run
        count = getattr(item.function, "tutor_draws", 1)
        if isinstance(run.mine, Watched):
            run.mine.begin()
        start, busy = time.perf_counter(), time.process_time()
        output = ""
        for index in range(count):
            error, output = self._attempt(item, run.mine, index)
            if error is None and index == count - 1:
                error = _used_global_random(run.mine)
            if error is not None:
                return self._failed(item, error, index, count, start, output)
        seconds = time.perf_counter() - start
        if time.process_time() - busy < CHEAP and set(_parameters(item.function)) <= {"mine", "draw"}:
            self._passed.append(item)
        return Finding(item.name, sentence_of(item), "passed", seconds, output=clean(output, 4000))

    def _attempt(self, item: pytest.Function, mine: object, index: int) -> tuple[BaseException | None, str]:
        """Run the check's function for one draw and give what it raised, and what was printed."""
        begin_draw(index, getattr(item.function, "tutor_draws", 1))
        arguments: dict[str, object] = {}
        for name in _parameters(item.function):
            if name == "mine":
                arguments[name] = mine
            elif name == "draw":
                arguments[name] = self.draw(item.function, item.name, index)
            else:
                arguments[name] = item.funcargs[name]
        printed = io.StringIO()
        try:
            with warnings.catch_warnings(), contextlib.redirect_stdout(printed):
                warnings.simplefilter("ignore")
                item.function(**arguments)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # learner code may raise anything, SystemExit included
            return error, self._output(printed)
        finally:
            begin_draw(0, 1)
        return None, self._output(printed)

    def _output(self, printed: io.StringIO) -> str:
        return self._run.printed() if self._run.printed else printed.getvalue()

    def _failed(
        self, item: pytest.Function, error: BaseException, index: int, count: int, start: float, output: str
    ) -> Finding:
        run = self._run
        if getattr(error, "tutor_ends_run", False):
            run.ended = str(getattr(error, "tutor_ends_run", ""))
        seconds = time.perf_counter() - start
        further = int(FURTHER * (index + 1) / seconds) if seconds else count
        return finding_of(
            item.name,
            sentence_of(item),
            error,
            seconds=seconds,
            draw=f"draw {index + 1} of {count}, seed {run.seed}" if count > 1 else f"seed {run.seed}",
            output=output,
            diagnosis=None if run.ended else self._diagnosis(item, error, index, min(count, index + 1 + further)),
            learner_files=_files(run.mine),
        )

    def _diagnosis(self, item: pytest.Function, error: BaseException, index: int, count: int) -> Diagnosis | None:
        if self._run.diagnose is None:
            return None

        def rerun(mine: object, at: int, check: pytest.Function = item) -> BaseException | None:
            watched = mine if hasattr(mine, "tutor_last_call") else Watched(mine)
            return _with_result(self._attempt(check, watched, at)[0], watched)

        passed = [partial(rerun, at=at) for at in range(index)]
        for check in self._passed:
            draws = getattr(check.function, "tutor_draws", 1)
            passed += [partial(rerun, at=at, check=check) for at in range(0, draws, max(1, draws // DRAWS_EACH))]
        ours = _with_result(error, self._run.mine) or error
        return self._run.diagnose(FailedCheck(item.name, ours, self._run.mine, index, count, rerun, passed))


@functools.lru_cache(maxsize=64)
def _parameters(check: Callable[..., object]) -> tuple[str, ...]:
    return tuple(inspect.signature(check).parameters)


def reason(report: str) -> str:
    """The line of a pytest report that says why: its last one that is marked with E."""
    lines = [line.removeprefix("E").strip() for line in report.splitlines() if line.startswith("E ")]
    return lines[-1] if lines else (report.strip().splitlines() or ["pytest found nothing in it"])[-1]


def sentence_of(item: pytest.Function) -> str:
    """The first line of the check's docstring: what the learner reads. Without one, the name as words."""
    text = inspect.getdoc(item.function) or item.name.removeprefix("test_").replace("_", " ")
    sentence = text.splitlines()[0]
    return f"{sentence} [{item.callspec.id}]" if hasattr(item, "callspec") else sentence


def _with_result(error: BaseException | None, mine: object) -> BaseException | None:
    """Remember what the program returned last: a failed property often says no more about the numbers."""
    if error is not None:
        error.__dict__["tutor_result"] = getattr(mine, "tutor_last_result", None)
    return error


def _used_global_random(mine: object) -> CheckFailure | None:
    used = set(getattr(mine, "tutor_random_used", ())) & {"numpy", "random"}
    if not used:
        return None
    module = "np.random" if "numpy" in used else "random"
    return CheckFailure(
        f"the code used the global generator of `{module}`: use the generator that is passed in, or none", kind="random"
    )


def _files(mine: object) -> tuple[str, ...]:
    found = getattr(mine, "__file__", None)
    return (found,) if isinstance(found, str) else ()
