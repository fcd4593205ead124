"""Small helpers for the tests of checks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tutor.checks.failure import CheckFailure
from tutor.checks.runner import run_checks
from tutor.model import Finding

Check = Callable[[], object]


@pytest.fixture
def failure() -> Callable[..., CheckFailure]:
    """Call something that must fail, and give its CheckFailure."""

    def call(function: Callable[..., object], *args: object, **kwargs: object) -> CheckFailure:
        with pytest.raises(CheckFailure) as caught:
            function(*args, **kwargs)
        return caught.value

    return call


@pytest.fixture
def verdict(tmp_path: Path) -> Callable[..., tuple[Finding, ...]]:
    """Write checks to a file and put a program (source text) through them."""

    def run(checks: str, program: str = "", **options: object) -> tuple[Finding, ...]:
        path = tmp_path / "test_it.py"
        path.write_text(checks, encoding="utf-8")
        mine = ModuleType("it")
        mine.__file__ = str(tmp_path / "it.py")
        (tmp_path / "it.py").write_text(program, encoding="utf-8")
        exec(compile(program, mine.__file__, "exec"), mine.__dict__)
        return run_checks(path, mine, **options)

    return run
