"""Runs a file of checks in this process: the judge uses it with a proxy as `mine`, course checks with plain modules."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from tutor.checks.checkfile import CheckFile, Diagnoser, Run, reason
from tutor.checks.session import OPEN, ChecksPlugin, in_session
from tutor.model import CourseError, Finding, base_name
from tutor.text.nearest import shown

Result = TypeVar("Result")


def run_checks(
    checks: Path,
    mine: object,
    *,
    seed: int = 0,
    device: str = "cpu",
    only: Sequence[str] = (),
    on_manifest: Callable[[tuple[str, ...]], None] | None = None,
    on_start: Callable[[str], None] | None = None,
    on_finding: Callable[[Finding], None] | None = None,
    diagnose: Diagnoser | None = None,
    printed: Callable[[], str] | None = None,
) -> tuple[Finding, ...]:
    """Put one program through the checks of a file and give one finding for each; raises CourseError.

    Args:
        checks: the file, such as `test_softmax.py`.
        mine: the program: a module, or a proxy.
        seed: from which, with a check's name and the index of a draw, everything random is made.
        device: where the draws' tensors live.
        only: names of checks; empty means all.
        on_manifest: told the names of all checks before the first one runs.
        on_start: told the name of a check before it runs.
        on_finding: told each finding as soon as there is one.
        diagnose: asked about each failure; see `tutor.grading.diagnosis`.
        printed: gives what the learner's code printed during the current check, when it runs elsewhere.
    """
    run = Run(mine, seed, device, only, on_start, on_finding, diagnose, printed)

    def body(file: CheckFile) -> tuple[Finding, ...]:
        missing = [name for name in only if base_name(name) not in set(map(base_name, file.names))]
        if missing:
            raise CourseError(f"{shown(checks)} has no check {missing[0]!r}")
        if on_manifest:
            on_manifest(file.names)
        return file.run(run)

    return with_checks(checks, body)


def with_checks(checks: Path, body: Callable[[CheckFile], Result]) -> Result:
    """Collect the checks of a file once and call `body`, which may run any number of programs through them."""
    return in_session(lambda: _with_checks(OPEN[-1], checks, body))


def _with_checks(plugin: ChecksPlugin, checks: Path, body: Callable[[CheckFile], Result]) -> Result:
    assert plugin.session is not None
    before, plugin.file = plugin.file, CheckFile(checks, plugin.session)
    try:
        with _imported_afresh(checks):
            plugin.file.collect()
            if plugin.file.broken:
                raise CourseError(f"{shown(checks)} cannot be run: {reason(plugin.file.broken)}")
            if not plugin.file.names:
                raise CourseError(f"{shown(checks)} holds no check: functions whose name begins with test_")
            return body(plugin.file)
    finally:
        plugin.file = before


@contextmanager
def _imported_afresh(checks: Path) -> Iterator[None]:
    """Leave no module of the course behind."""
    before = sys.modules.pop(checks.stem, None)
    try:
        yield
    finally:
        sys.modules.pop(checks.stem, None)
        if before is not None:
            sys.modules[checks.stem] = before
