"""Loads the functions that a lab trains with: the learner's, the course's, or a known mistake. Runs in the training
process only, because learner code runs here.

`from tutor.mine import f` inside any of these files gives the function of this run: a synthetic `tutor.mine` grows
while the files are loaded in the order of their needs.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace

import tutor
from tutor.training.job import LabJob, Source


def load_mine(job: LabJob) -> SimpleNamespace:
    """Everything public that the job's files define, by name: `mine.softmax` is the function of this run."""
    shared = ModuleType("tutor.mine", "The functions of this training run.")
    sys.modules["tutor.mine"] = shared
    setattr(tutor, "mine", shared)  # noqa: B010 - `from tutor import mine` must give the same module; it has no such attribute
    mine = SimpleNamespace()
    for source in job.sources:
        public = _public(source)
        for name, value in public.items():
            setattr(shared, name, value)
            setattr(mine, name, value)
    return mine


def _public(source: Source) -> Mapping[str, object]:
    module = run_file(Path(source.path), f"lab_{source.origin}_{source.exercise.replace('-', '_')}")
    if source.variant:
        from tutor.training.mistake import with_mistake

        module = with_mistake(module, source)
    return {name: value for name, value in vars(module).items() if _is_public(name, value, module)}


def _is_public(name: str, value: object, module: ModuleType) -> bool:
    return callable(value) and not name.startswith("_") and getattr(value, "__module__", None) == module.__name__


def run_file(path: Path, name: str) -> ModuleType:
    """Run one Python file as a module of that name."""
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module  # dataclasses and pickle look a class's module up
    exec(compile(path.read_bytes(), str(path), "exec", dont_inherit=True), module.__dict__)
    return module
