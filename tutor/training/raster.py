"""Fine lines as braille characters: each cell of the terminal holds 2 × 4 dots. Pure arithmetic on whole numbers.

plotext can do this too, but spends most of a frame on it; handing it finished characters makes a frame three times
cheaper, which is what keeps a live curve within its budget.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_DOTS = ((0x40, 0x80), (0x04, 0x20), (0x02, 0x10), (0x01, 0x08))
"""Bit of the dot in row 0…3 from the bottom, column 0…1."""


Cells = dict[tuple[int, int], str]
"""A character for each (column, row from the bottom)."""


@dataclass(frozen=True, slots=True)
class Window:
    """What part of the plane is shown, on how many columns and rows."""

    x: tuple[float, float]
    y: tuple[float, float]
    columns: int
    rows: int

    def dots(self, xs: Sequence[float], ys: Sequence[float], across: int, up: int) -> list[tuple[int, int]]:
        """The points as whole numbers on a raster of `across` × `up` dots a cell."""
        x_scale = (across * self.columns - 1) / (self.x[1] - self.x[0])
        y_scale = (up * self.rows - 1) / (self.y[1] - self.y[0])
        return [
            (round((x - self.x[0]) * x_scale), round((y - self.y[0]) * y_scale)) for x, y in zip(xs, ys, strict=True)
        ]


def braille(xs: Sequence[float], ys: Sequence[float], window: Window) -> Cells:
    """The polyline through (xs, ys); what lies outside the window is left out."""
    dots = window.dots(xs, ys, 2, 4)
    cells: dict[tuple[int, int], int] = {}
    for start, stop in zip(dots, dots[1:] or dots, strict=False):
        for x, y in _segment(*start, *stop):
            if 0 <= x < 2 * window.columns and 0 <= y < 4 * window.rows:
                place = (x >> 1, y >> 2)
                cells[place] = cells.get(place, 0) | _DOTS[y & 3][x & 1]
    return {place: chr(0x2800 + bits) for place, bits in cells.items()}


def marks(xs: Sequence[float], ys: Sequence[float], window: Window, marker: str, every: int) -> Cells:
    """The curve as single characters, one in every so many columns."""
    dots = window.dots(xs, ys, 1, 1)
    cells: Cells = {}
    for start, stop in zip(dots, dots[1:] or dots, strict=False):
        for x, y in _segment(*start, *stop):
            if x % every == 0 and 0 <= x < window.columns and 0 <= y < window.rows:
                cells[x, y] = marker
    return cells


def _segment(x0: int, y0: int, x1: int, y1: int) -> list[tuple[int, int]]:
    """The dots from one point to another, one a column or one a row, whichever are more."""
    steps = max(abs(x1 - x0), abs(y1 - y0))
    if steps == 0:
        return [(x0, y0)]
    if y0 == y1:
        return [(x, y0) for x in range(x0, x1, 1 if x1 > x0 else -1)] + [(x1, y1)]
    dx, dy = (x1 - x0) / steps, (y1 - y0) / steps
    return [(int(x0 + i * dx + 0.5), int(y0 + i * dy + 0.5)) for i in range(steps + 1)]
