"""What every test has in common: one thread, a home of its own, no data folder and no workspace from outside."""

from __future__ import annotations

import asyncio
import functools
import inspect
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

# Before numpy and torch are imported: two threads on a busy machine are slower than one.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's configuration, cache and remembered workspace never meet a test."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("TUTOR_HOME", str(home))
    for name in ("TUTOR_DATA", "TUTOR_COURSE", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return home


PATIENCE = 60.0
"""Seconds for one test of the app; the slowest takes five."""


def _patient(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Try once more when Textual's pilot waits for ever, as it rarely does on a busy machine; twice is a failure."""

    @functools.wraps(test)
    async def run(*args: object, **kwargs: object) -> None:
        for _ in range(2):
            task = asyncio.ensure_future(test(*args, **kwargs))
            done, _ = await asyncio.wait({task}, timeout=PATIENCE)
            if done:
                return task.result()
            task.cancel()  # not waited for: it may be stuck
        raise AssertionError(f"the app did not answer within {PATIENCE:.0f} s, twice")

    return run


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """No test of the app can hang the suite, and no long test is left to the end, when the other cores have nothing."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            item.obj = _patient(item.obj)
