"""Loading labs and explorers: a course's Python files, by path. Course content is trusted; no learner code here."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TypeVar, cast

from tutor.model import CourseError
from tutor.training.figure import Figure
from tutor.training.knobs import Knob, Value, knobs_of
from tutor.training.target import Target

T = TypeVar("T")
Train = Callable[[object, object, str, object], None]


@dataclass(frozen=True, slots=True)
class LabModule:
    """What a `lab_name.py` declares."""

    title: str
    uses: tuple[str, ...]
    target: Target
    knobs: tuple[Knob, ...]
    breaks: tuple[tuple[str, str], ...]
    """(exercise, title of its rejected variant) pairs worth watching."""
    curves: tuple[str, ...]
    """Metrics to show first, in this order; empty: in the order of their appearance."""
    log_axis: bool
    """Whether the first curve starts on a logarithmic axis."""
    make_knobs: Callable[[dict[str, Value]], object]
    train: Train


@dataclass(frozen=True, slots=True)
class ExplorerModule:
    """What an `explore_name.py` declares."""

    title: str
    teaches: str
    knobs: tuple[Knob, ...]
    draw: Callable[[dict[str, Value]], Figure]


def load_lab(path: Path) -> LabModule:
    """Run a lab's module; a CourseError names the file and what is wrong with it."""
    module = _run(path)
    cls = _knobs_class(module, path)
    return LabModule(
        title=_get(module, "TITLE", str, path),
        uses=_get(module, "USES", tuple, path),
        target=_get(module, "TARGET", Target, path),
        knobs=_knobs(cls, path),
        breaks=tuple((str(e), str(v)) for e, v in getattr(module, "BREAK", ())),
        curves=tuple(getattr(module, "CURVES", ())),
        log_axis=bool(getattr(module, "LOG_AXIS", False)),
        make_knobs=lambda values: cls(**values),
        train=cast(Train, _function(module, "train", path)),
    )


def load_explorer(path: Path) -> ExplorerModule:
    """Run an explorer's module; a CourseError names the file and what is wrong with it."""
    module = _run(path)
    cls = _knobs_class(module, path)
    draw = cast(Callable[[object], Figure], _function(module, "draw", path))
    return ExplorerModule(
        title=_get(module, "TITLE", str, path),
        teaches=_get(module, "TEACHES", str, path),
        knobs=_knobs(cls, path),
        draw=lambda values: draw(cls(**values)),
    )


def _run(path: Path) -> ModuleType:
    name = f"tutor_course_{path.parent.name}_{path.stem}"
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module  # dataclasses look their own module up
    try:
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True), module.__dict__)
    except Exception as error:
        raise CourseError(f"{path} cannot be loaded: {type(error).__name__}: {error}") from error
    return module


def _get(module: ModuleType, name: str, kind: type[T], path: Path) -> T:
    value = getattr(module, name, None)
    if not isinstance(value, kind):
        raise CourseError(f"{path} must set {name} to a {kind.__name__}.")
    return value


def _function(module: ModuleType, name: str, path: Path) -> Callable[..., object]:
    value = getattr(module, name, None)
    if not callable(value):
        raise CourseError(f"{path} must define {name}().")
    return cast(Callable[..., object], value)


def _knobs_class(module: ModuleType, path: Path) -> type:
    cls = getattr(module, "Knobs", None)
    if not isinstance(cls, type) or not dataclasses.is_dataclass(cls):
        raise CourseError(f"{path} must define a dataclass Knobs (it may be empty).")
    return cls


def _knobs(cls: type, path: Path) -> tuple[Knob, ...]:
    try:
        return knobs_of(cls)
    except TypeError as error:
        raise CourseError(f"{path}: {error}.") from error
