"""One world and one warm grader for each test worker."""

from __future__ import annotations

import importlib.util
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def _load(name: str):
    """Import a neighbour of this file by a name of its own: tests are imported without a package."""
    full = f"attacks_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, HERE / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[full] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[full]


attack, world_module = _load("attack"), _load("world")
_load("table")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, found in (("submission", attack.submissions), ("archive", attack.archives)):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, found(), ids=lambda one: one.name)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    from tutor.grading.client import Grader

    os.environ["GITHUB_TOKEN"] = secret = f"CANARY-environment-{secrets.token_hex(8)}"
    try:
        with Grader() as grader:
            grader.warm()
            made = world_module.World(tmp_path_factory.mktemp("world"), grader)
            made.canaries["environment"] = secret
            yield made
            made.close()
    finally:
        del os.environ["GITHUB_TOKEN"]
