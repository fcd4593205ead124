"""Runs a file of checks in this process: the judge uses it with a proxy as `mine`, course checks with plain modules.

Starts pytest with nothing but what a check needs: its usual plugins and the machine's own cost more than a verdict.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from tutor.checks.plugin import ChecksPlugin, Diagnoser, Run, reason
from tutor.model import CourseError, Finding
from tutor.text.nearest import shown

Result = TypeVar("Result")

_UNUSED = (
    "terminal", "terminalprogress", "debugging", "unittest", "legacypath", "monkeypatch", "recwarn", "pastebin",
    "junitxml", "doctest", "cacheprovider", "freeze_support", "setuponly", "setupplan", "stepwise", "subtests",
    "unraisableexception", "threadexception", "warnings", "logging", "faulthandler", "tmpdir",
)  # fmt: skip
"""Plugins of pytest that a verdict does without. `unraisableexception` alone collects garbage five times a session."""


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

    def body(plugin: ChecksPlugin) -> tuple[Finding, ...]:
        missing = [name for name in only if name.partition("[")[0] not in {n.partition("[")[0] for n in plugin.names}]
        if missing:
            raise CourseError(f"{shown(checks)} has no check {missing[0]!r}")
        if on_manifest:
            on_manifest(plugin.names)
        return plugin.run(run)

    return with_checks(checks, body)


def with_checks(checks: Path, body: Callable[[ChecksPlugin], Result]) -> Result:
    """Collect the checks of a file once and call `body`, which may run any number of programs through them."""
    results: list[Result] = []
    errors: list[BaseException] = []

    def guarded(plugin: ChecksPlugin) -> None:
        try:
            if not plugin.names:
                raise CourseError(f"{shown(checks)} holds no check: functions whose name begins with test_")
            results.append(body(plugin))
        except BaseException as error:  # pytest would turn it into an exit code
            errors.append(error)

    plugin = ChecksPlugin(guarded)
    with _environment(checks):
        pytest.main(_arguments(checks), plugins=[plugin])
    if errors:
        raise errors[0]
    if not results:
        raise CourseError(f"{shown(checks)} cannot be run: {reason(plugin.broken)}")
    return results[0]


def _arguments(checks: Path) -> list[str]:
    options = ["-s", "-c", os.devnull, f"--rootdir={checks.parent}", "--noconftest", "--import-mode=importlib"]
    return [*options, *(part for name in _UNUSED for part in ("-p", f"no:{name}")), str(checks)]


@contextmanager
def _environment(checks: Path) -> Iterator[None]:
    """Keep the user's pytest settings out, import the file afresh, and leave no compiled file in the course."""
    saved = {name: os.environ.pop(name, None) for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")}
    saved["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    writes_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.modules.pop(checks.stem, None)
    try:
        yield
    finally:
        sys.modules.pop(checks.stem, None)
        sys.dont_write_bytecode = writes_bytecode
        for name, value in saved.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
