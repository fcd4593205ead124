"""Figures made of whole characters: bars and tables of counts. plotext's own cover their labels; these do not."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from tutor.training.figure import Bars, Grid, Note
from tutor.training.theme import Colour, Theme, paint

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_SHADES = " ░▒▓"


def cell(text: str, width: int) -> str:
    """`text` cut or filled to exactly `width` columns."""
    return text[:width] if len(text) > width else text.ljust(width)


def bars_rows(bars: Bars, width: int, theme: Theme) -> list[str]:
    """One row a bar. Bars are measured on one scale whose zero is common to all."""
    texts = bars.texts or tuple(f"{v:.3g}" for v in bars.values)
    name = max((len(label) for label in bars.labels), default=0)
    tail = max((len(text) for text in texts), default=0)
    low = min(0.0, bars.low if bars.low is not None else min(bars.values, default=0.0))
    high = max(0.0, bars.high if bars.high is not None else max(bars.values, default=0.0))
    room = max(4, width - name - tail - 4)
    scale = room / ((high - low) or 1.0)
    zero = round(-low * scale)
    rows = [paint(cell(bars.title, width), theme.text, bold=True)] if bars.title else []
    for i, (label, value, text) in enumerate(zip(bars.labels, bars.values, texts, strict=True)):
        colour = theme.of(bars.roles[i] if i < len(bars.roles) else "mine")
        bar = paint(_bar(min(high, max(low, value)), scale, zero, room), colour)
        rows.append(
            f"{label.rjust(name)} {'' if low < 0 else '│'}{bar} {text.ljust(tail)}"
            + " " * max(0, width - name - room - tail - (2 if low < 0 else 3))
        )
    return rows


def _bar(value: float, scale: float, zero: int, room: int) -> str:
    """A bar of `room` columns that starts at the column of zero; eighths of a column to the right only."""
    if value < 0:
        length = max(1, min(zero, round(-value * scale)))
        return (" " * (zero - length) + "█" * length + "│").ljust(room + 1)[: room + 1] if zero else " " * room
    eighths = round(value * scale * 8)
    full, rest = divmod(eighths, 8)
    body = "█" * full + (_EIGHTHS[rest] if rest else "")
    if not zero:
        return cell(body, room)
    return cell(" " * zero + "│" + body, room + 1)


def counts_rows(grid: Grid, width: int, theme: Theme) -> list[str]:
    """A table of counts with heads; the diagonal is painted good, everything off it bad, and both carry a shade."""
    names = grid.labels or tuple(str(i) for i in range(len(grid.values)))
    most = max((int(v) for row in grid.values for v in row), default=0)
    digits = max(len(str(most)), 1)
    head = max(*(len(n) for n in names), len(grid.row_name), 1)
    column = max(digits + 2, min(max(len(n) for n in names) + 1, (width - head - 2) // max(1, len(names))))
    shaded = column >= digits + 2 and head + 2 + column * len(names) <= width
    if not shaded:
        column = max(digits + 1, (width - head - 2) // max(1, len(names)))
    top = " " * (head + 2) + "".join(n[: column - 1].rjust(column) for n in names)
    title = f"{grid.row_name.rjust(head)} ╲ {grid.column_name}" if grid.row_name or grid.column_name else ""
    rows = [paint(cell(title, width), theme.muted)] if title else []
    rows.append(cell(top, width))
    errors = max((int(v) for i, row in enumerate(grid.values) for j, v in enumerate(row) if i != j), default=0)
    for i, row in enumerate(grid.values):
        cells = [_count(int(v), i == j, errors if i != j else most, column, shaded, theme) for j, v in enumerate(row)]
        fill = max(0, width - head - 2 - column * len(row))
        rows.append(f"{names[i].rjust(head)} │" + "".join(cells) + " " * fill)
    return rows


def _count(value: int, right: bool, most: int, column: int, shaded: bool, theme: Theme) -> str:
    """One cell: the number, and before it a shade that says how large it is among its like."""
    if value == 0:
        return paint("·".rjust(column), theme.muted)
    colour: Colour = theme.good if right else theme.bad
    shade = _SHADES[min(3, value * 4 // (most + 1))] if shaded else ""
    text = f"{shade}{value}"
    return paint(text.rjust(column), colour, bold=value * 2 > most)


def note_rows(notes: Sequence[Note], width: int, theme: Theme) -> list[str]:
    """Notes without a place, wrapped to the width, filled with blanks."""
    return [
        paint(cell(line, width), theme.of(note.role))
        for note in notes
        for line in (textwrap.wrap(note.text, width) or [""])
    ]
