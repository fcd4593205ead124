"""What a picture is, as plain data: parts, axes, notes. Drawing is `tutor.training.plot`'s business.

Nothing here imports numpy or plotext, so that explorers and lab modules can be read by a process that draws nothing.
A colour is a *role* (`mine`, `reference`, `good`, …), never a hue: the theme of the terminal or of the app decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Role = Literal["mine", "reference", "third", "fourth", "fifth", "good", "bad", "muted", "text"]
GridKind = Literal["regions", "heat", "counts"]

BRAILLE = "braille"
"""The marker of a fine line: 2 × 4 dots a character. Any single character is a marker too."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: its name, its scale, and a fixed range where `low` and `high` are given."""

    label: str = ""
    log: bool = False
    low: float | None = None
    high: float | None = None
    ticks: tuple[tuple[float, str], ...] | None = None
    """Own ticks as (value, text); without them round numbers are chosen."""


@dataclass(frozen=True, slots=True)
class Line:
    """A curve through points in the order given. `marker` tells series apart without colour."""

    x: Sequence[float]
    y: Sequence[float]
    label: str = ""
    role: Role = "mine"
    marker: str = BRAILLE
    every: int = 3
    """Columns from one mark to the next, for markers other than braille: what lies below stays visible between."""


@dataclass(frozen=True, slots=True)
class Scatter:
    """Points without a line between them."""

    x: Sequence[float]
    y: Sequence[float]
    label: str = ""
    role: Role = "mine"
    marker: str = "●"


@dataclass(frozen=True, slots=True)
class Bars:
    """Horizontal bars, one a row: `label ▇▇▇▇ text`. Negative values grow to the left of a common zero."""

    labels: tuple[str, ...]
    values: tuple[float, ...]
    texts: tuple[str, ...] = ()
    """What stands behind each bar; the value itself where nothing is given."""
    roles: tuple[Role, ...] = ()
    low: float | None = None
    high: float | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of a rectangle.

    `regions`: whole numbers, one shade a class, drawn under everything else; row 0 is the lowest y.
    `heat`: floats, darker is more; row 0 is the lowest y.
    `counts`: a table of numbers (a confusion matrix): row 0 is the top row.
    """

    values: Sequence[Sequence[float]]
    x_range: tuple[float, float] = (0.0, 1.0)
    y_range: tuple[float, float] = (0.0, 1.0)
    kind: GridKind = "regions"
    labels: tuple[str, ...] = ()
    """Names of the classes: legend of `regions`, row and column heads of `counts`."""
    row_name: str = ""
    column_name: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence: at a place inside the picture where x and y are given, otherwise in the lines below it."""

    text: str
    x: float | None = None
    y: float | None = None
    role: Role = "text"


Part = Line | Scatter | Bars | Grid | Note


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture: either parts on common axes, or panels beside each other (below each other when narrow)."""

    parts: tuple[Part, ...] = ()
    title: str = ""
    x: Axis = Axis()
    y: Axis = Axis()
    panels: tuple[Figure, ...] = ()
    shares: tuple[float, ...] = ()
    """How much of the width each panel gets; equal without."""
