"""What a process imports before it serves: all that a first verdict would wait for. Nothing here touches CUDA."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Iterator

from tutor.grading import pages

_MODULES = (
    "numpy.testing", "numpy.random", "numpy.linalg", "hmac", "secrets", "_pytest._argcomplete", "_pytest.helpconfig",
    "torch", "torch.nn.functional", "torch.autograd.gradcheck", "torch.testing", "torch.library",
    "pytest", "_pytest.python", "_pytest.assertion", "_pytest.fixtures", "_pytest.skipping", "_pytest.config.findpaths",
    "tutor.checks", "tutor.checks.runner", "tutor.checks.program", "tutor.grading.diagnosis", "tutor.grading.session",
    "tutor.grading.learner", "tutor.grading.crossing", "ast", "linecache", "tracemalloc", "dataclasses",
)  # fmt: skip

LIMBER = "limber"

PAGES = "pages"

LATER = (LIMBER, "torch.fx.experimental.symbolic_shapes", "torch._dynamo", PAGES)
"""What is done when there is time, for the pairs forked after that: a first verdict's first uses of everything; what
torch imports at the first `grad(…, grad_outputs)` and at the first optimizer (0.4 s and 0.5 s; most verdicts need
neither); and, when all is there, what makes forking cheap (1 s)."""


def one_thread() -> None:
    """Ask every numeric library for one thread. Must come before any of them is imported: forked pools hang."""
    for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR", "VECLIB_MAXIMUM"):
        os.environ[f"{name}_NUM_THREADS"] = "1"


def import_everything() -> None:
    """Import what the judge and the learner process need."""
    import importlib

    with _unswept():
        for name in _MODULES:
            try:
                importlib.import_module(name)
            except ImportError as error:  # a private module of pytest may move; it only costs time
                if not name.startswith("_pytest"):
                    raise RuntimeError(f"cannot import {name}: {error}") from error
    sys.modules["torch"].set_num_threads(1)
    sys.modules["tutor.grading.forbidden"].MODULES.count()


@contextlib.contextmanager
def _unswept() -> Iterator[None]:
    """Import without garbage collection, which takes a fifth of the time and frees next to nothing.

    A later collection in a forked process would touch, and so copy, every page of what was imported: hence the freeze.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def do_later(name: str) -> None:
    """Do one of `LATER`, without which verdicts are only slower."""
    import importlib

    if name == LIMBER:
        limber_template()
    elif name == PAGES:
        pages.collapse()
    else:
        with _unswept(), contextlib.suppress(Exception):  # private to torch: they may move, or lack something
            importlib.import_module(name)
    sys.modules["tutor.grading.forbidden"].MODULES.count()


_CHECKS = """
from tutor.checks import draws, from_torch, same
import torch

@draws(2)
def test_exercise_the_machinery(mine, draw):
    same(mine.f, from_torch(torch.exp), draw.array(draw.shape()))
    same(mine.g, torch.exp, draw.tensor(draw.shape()))
"""


_limber: list[bool] = []
"""Not empty when this process, or the one it was forked from, has limbered up."""


def limber_judge(folder: str) -> None:
    """Run a small check once, while there is nothing else to do: first uses of pytest, NumPy, autograd take 60 ms."""
    if _limber:
        return
    _limber.append(True)
    import types
    from pathlib import Path

    import numpy as np
    import torch

    from tutor.checks.runner import run_checks

    path = Path(folder) / "test_limber.py"
    path.write_text(_CHECKS, "utf-8")
    mine = types.SimpleNamespace(f=np.exp, g=torch.exp)
    with _unswept():
        run_checks(path, mine)
    path.unlink()


def limber_template() -> None:
    """Do once what each judge would do; not with a CUDA build, where autograd starts threads that no fork survives."""
    import tempfile

    import torch

    if not torch.backends.cuda.is_built():  # type: ignore[no-untyped-call]
        with tempfile.TemporaryDirectory() as folder:
            limber_judge(folder)


def limber_learner() -> None:
    """Use autograd and NumPy once."""
    if _limber:
        return
    import numpy as np
    import torch

    x = torch.ones(2, requires_grad=True)
    torch.autograd.grad(x.exp().sum(), x)
    np.exp(np.ones(2)).sum()
