"""What a process imports before it serves: all that a first verdict would wait for. Nothing here touches CUDA."""

from __future__ import annotations

import gc
import os
import sys

_MODULES = (
    "numpy.testing", "torch", "torch.nn.functional", "torch.autograd.gradcheck", "torch.testing", "torch.library",
    "pytest", "_pytest.python", "_pytest.assertion", "_pytest.fixtures", "_pytest.skipping", "_pytest.config.findpaths",
    "tutor.checks", "tutor.checks.runner", "tutor.checks.program", "tutor.grading.diagnosis", "tutor.grading.session",
    "tutor.grading.learner", "tutor.grading.crossing", "ast", "linecache", "tracemalloc", "dataclasses",
)  # fmt: skip


def one_thread() -> None:
    """Ask every numeric library for one thread. Must come before any of them is imported: forked pools hang."""
    for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR", "VECLIB_MAXIMUM"):
        os.environ[f"{name}_NUM_THREADS"] = "1"


def import_everything() -> None:
    """Import what the judge and the learner process need."""
    import importlib

    for name in _MODULES:
        try:
            importlib.import_module(name)
        except ImportError as error:  # a private module of pytest may move; it only costs time
            if not name.startswith("_pytest"):
                raise RuntimeError(f"cannot import {name}: {error}") from error
    sys.modules["torch"].set_num_threads(1)


def freeze() -> None:
    """Keep the garbage collector from touching, and so copying, every page of what was imported."""
    gc.collect()
    gc.freeze()
