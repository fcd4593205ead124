"""What every test has in common: one thread, a home of its own, no data folder and no workspace from outside."""

from __future__ import annotations

import os
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
