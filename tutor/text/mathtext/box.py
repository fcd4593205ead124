"""Rectangles of text with a baseline, and how to put them together. Knows nothing of formulas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.text.mathtext.width import center, left, right, width


@dataclass(frozen=True, slots=True)
class Box:
    """Rows of equal width; `base` is the row on which the text around it stands."""

    rows: tuple[str, ...]
    base: int
    width: int

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(self.rows)

    @property
    def below(self) -> int:
        """The rows under the baseline."""
        return len(self.rows) - 1 - self.base


def text_box(text: str) -> Box:
    """One row."""
    return Box((text,), 0, width(text))


def box_of(rows: Sequence[str], base: int) -> Box:
    """A box from rows that need not be equally wide."""
    columns = max(map(width, rows), default=0)
    return Box(tuple(left(row, columns) for row in rows), base, columns)


EMPTY = text_box("")


def beside(boxes: Sequence[Box], spaces: Sequence[int] | None = None) -> Box:
    """Put boxes side by side on a common baseline, with columns left free before each."""
    if not boxes:
        return EMPTY
    spaces = spaces or [0] * len(boxes)
    base = max(box.base for box in boxes)
    height = base + 1 + max(box.below for box in boxes)
    rows = [""] * height
    for box, space in zip(boxes, spaces, strict=True):
        blank = " " * (space + box.width)
        for i in range(height):
            inside = i - base + box.base
            rows[i] += " " * space + box.rows[inside] if 0 <= inside < box.height else blank
    return Box(tuple(rows), base, sum(box.width for box in boxes) + sum(spaces))


def stacked(boxes: Sequence[Box], base: int, align: str = "c") -> Box:
    """Put boxes one under another; `base` is the index of the one whose baseline counts."""
    columns = max(box.width for box in boxes)
    rows = [aligned(row, columns, align) for box in boxes for row in box.rows]
    return Box(tuple(rows), sum(box.height for box in boxes[:base]) + boxes[base].base, columns)


def aligned(text: str, columns: int, align: str) -> str:
    """Fill a row with spaces: align is l, c or r."""
    return {"l": left, "c": center, "r": right}[align](text, columns)
