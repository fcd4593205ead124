"""Figures to JSON and back, so that a training process can show one. Strict: an unknown part is an error."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import cast

from tutor.training.figure import Axis, Bars, Figure, Grid, Line, Note, Scatter

_CLASSES: dict[str, Callable[..., object]] = {
    cls.__name__: cls for cls in (Axis, Bars, Figure, Grid, Line, Note, Scatter)
}


def figure_to_json(figure: Figure) -> dict[str, object]:
    """The figure as JSON; arrays of any kind (range, tuple, NumPy) become lists of numbers."""
    return cast(dict[str, object], _out(figure))


def figure_from_json(value: Mapping[str, object]) -> Figure:
    """The figure again, with tuples where lists were."""
    figure = _in(value)
    if not isinstance(figure, Figure):
        raise ValueError(f"expected a figure, got {type(figure).__name__}")
    return figure


def _out(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {"is": type(value).__name__} | {f.name: _out(getattr(value, f.name)) for f in fields(value)}
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, Iterable):
        return [_out(item) for item in value]
    if isinstance(value, int):
        return value
    number = float(cast(float, value))  # NumPy scalars too
    return number if math.isfinite(number) else {"number": str(number)}


def _in(value: object) -> object:
    if isinstance(value, list):
        return tuple(_in(item) for item in value)
    if not isinstance(value, Mapping):
        return value
    if "number" in value:
        return float(str(value["number"]))
    cls = _CLASSES[str(value["is"])]
    return cls(**{str(name): _in(item) for name, item in value.items() if name != "is"})
