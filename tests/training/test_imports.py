"""What each part may load, measured in fresh interpreters."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"numpy", "torch", "plotext", "textual", "rich", "sklearn", "pytest", "asyncio"}


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("tutor.training", set()),
        ("tutor.training.run", set()),
        ("tutor.training.store", set()),
        ("tutor.training.data.catalogue", set()),
        ("tutor.training.data.fetch", set()),
        ("tutor.commands.lab", set()),
        ("tutor.commands.data", set()),
        ("tutor.training.runner", set()),
        ("tutor.training.plot", {"plotext"}),
    ],
)
def test_light_imports(module, allowed):
    code = f"import sys, {module}; print(*sorted(m for m in {HEAVY!r} if m in sys.modules))"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert set(done.stdout.split()) <= allowed
