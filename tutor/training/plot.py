"""Figures to text: the one module that imports plotext (5.3), and everything around it that plotext does badly.

plotext draws lines and points between a left and a bottom axis; ticks, ranges, logarithms, legend and notes are ours.
It has a single global figure, hence the lock, and it keeps what is not cleared, hence the clearing after each build.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import plotext

from tutor.training.blocks import bars_rows, cell, counts_rows, note_rows
from tutor.training.curves import decimate
from tutor.training.figure import BRAILLE, Axis, Bars, Figure, Grid, Line, Note, Role, Scatter
from tutor.training.raster import Cells, Window, braille, marks
from tutor.training.theme import TERMINAL, Theme, paint
from tutor.training.ticks import log_ticks, nice_ticks, tick_label

_LOCK = threading.Lock()
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
_PIECES = re.compile(r"\x1b\[[0-9;]*m|[^\x1b]+")
_REGION_SHADES = " ░▒▓"
_SIDE_BY_SIDE = 34
"""Columns a panel needs to stand beside another one."""


def render(figure: Figure, width: int, height: int, *, color: bool = True, theme: Theme = TERMINAL) -> str:
    """The figure as `height` lines of `width` columns, with ANSI escapes where `color`."""
    width = max(12, width)
    rows = [_fitted(row, width) for row in _rows(figure, width, max(3, height), theme)]
    text = "\n".join(rows)
    return text if color else _ESCAPES.sub("", text)


def plain(text: str) -> str:
    """The text without ANSI escapes."""
    return _ESCAPES.sub("", text)


def _fitted(row: str, width: int) -> str:
    """The row at exactly this width: where labels leave no room for their picture, its end is cut off."""
    over = len(_ESCAPES.sub("", row)) - width
    if over <= 0:
        return row + " " * -over
    kept, left = [], width
    for piece in _PIECES.findall(row):
        if piece.startswith("\x1b"):
            kept.append(piece)
        else:
            kept.append(piece[:left])
            left -= len(kept[-1])
    return "".join(kept)


def _rows(figure: Figure, width: int, height: int, theme: Theme) -> list[str]:
    if figure.panels:
        return _panels(figure, width, height, theme)
    notes = note_rows([p for p in figure.parts if isinstance(p, Note) and p.x is None], width, theme)
    head = _head(figure, width, theme)
    body = _body(figure, width, max(1, height - len(head) - len(notes)), theme)
    rows = (head + body + notes)[:height]
    return rows + [" " * width] * (height - len(rows))


def _body(figure: Figure, width: int, height: int, theme: Theme) -> list[str]:
    blocks: list[str] = []
    for part in figure.parts:
        if isinstance(part, Bars):
            blocks += bars_rows(part, width, theme)
        elif isinstance(part, Grid) and part.kind == "counts":
            blocks += counts_rows(part, width, theme)
    drawn = [p for p in figure.parts if isinstance(p, Line | Scatter) or (isinstance(p, Grid) and p.kind != "counts")]
    if not drawn:
        return blocks[:height]
    room = height - len(blocks)
    return _plot(figure, width, room, theme) + blocks if room >= 4 else blocks[:height]


def _panels(figure: Figure, width: int, height: int, theme: Theme) -> list[str]:
    """Beside each other where each panel gets enough columns, else below each other."""
    count = len(figure.panels)
    shares = figure.shares if len(figure.shares) == count else (1.0,) * count
    notes = note_rows([p for p in figure.parts if isinstance(p, Note)], width, theme)
    head = _head(replace(figure, parts=()), width, theme)
    room = height - len(notes) - len(head)
    if width - 2 * (count - 1) >= _SIDE_BY_SIDE * count:
        sizes = _split(width - 2 * (count - 1), shares)
        columns = [_rows(p, w, room, theme) for p, w in zip(figure.panels, sizes, strict=True)]
        body = ["  ".join(parts) for parts in zip(*columns, strict=True)]
    else:
        body = [r for p, h in zip(figure.panels, _split(room, shares), strict=True) for r in _rows(p, width, h, theme)]
    return (head + body + notes)[:height]


def _split(total: int, shares: Sequence[float]) -> list[int]:
    """`total` in whole parts as near to the shares as possible; the last takes the rest."""
    sizes = [round(total * s / sum(shares)) for s in shares[:-1]]
    return [*sizes, total - sum(sizes)]


# --- the line above the picture --------------------------------------------------------------------------------------


def _head(figure: Figure, width: int, theme: Theme) -> list[str]:
    """Title and legend in words: on one row where they fit, else the legend wraps to rows of its own."""
    items = _legend(figure)
    title = figure.title
    if not title and not items:
        return []
    rows: list[list[tuple[str, Role | None]]] = [[(title, None)]] if title else [[]]
    used = len(title)
    for text, role in items:
        if used and used + 3 + len(text) > width:
            rows.append([])
            used = 0
        used += (3 if rows[-1] else 0) + len(text)
        rows[-1].append((text[:width], role))
    return [_head_row(row, width, theme) for row in rows if row]


def _head_row(row: list[tuple[str, Role | None]], width: int, theme: Theme) -> str:
    used = sum(len(text) for text, _ in row) + 3 * (len(row) - 1)
    cells = [paint(text, theme.text, bold=True) if role is None else paint(text, theme.of(role)) for text, role in row]
    return "   ".join(cells) + " " * max(0, width - used)


def _legend(figure: Figure) -> list[tuple[str, Role]]:
    items: list[tuple[str, Role]] = []
    for part in figure.parts:
        if isinstance(part, Line | Scatter) and part.label:
            sign = "⠤⠤" if part.marker == BRAILLE else part.marker * (2 if isinstance(part, Line) else 1)
            items.append((f"{sign} {part.label}", part.role))
        elif isinstance(part, Grid) and part.kind == "regions":
            for i, label in enumerate(part.labels):
                items.append((f"[{_REGION_SHADES[i % 4]}] {label}", "muted"))
    return items


# --- the picture -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Scale:
    """One axis ready for plotext: the transformation, the range after it, and the ticks after it."""

    low: float
    high: float
    apply: Callable[[float], float]
    ticks: tuple[tuple[float, str], ...]
    cells: int = 0
    """Where a grid is drawn: characters along this axis. Ticks and notes then go to the character their cell covers."""

    def place(self, value: float) -> float:
        """Where plotext must be told to write what belongs to `value`, which is after the transformation."""
        if not self.cells:
            return value
        span = (self.high - self.low) or 1.0
        cell = min(self.cells - 1, max(0, math.floor((value - self.low) / span * self.cells)))
        return self.low + cell * span / max(1, self.cells - 1)


def _plot(figure: Figure, width: int, height: int, theme: Theme) -> list[str]:
    x_name = 1 if figure.x.label and height >= 8 else 0
    y = _scale(figure.y, [v for p in figure.parts for v in _coordinates(p, 1)], max(2, height // 4))
    x = _scale(figure.x, [v for p in figure.parts for v in _coordinates(p, 0)], max(2, width // 12))
    columns = width - 1 - max((len(t) for _, t in y.ticks), default=0)
    rows = height - 2 - x_name
    if any(isinstance(p, Grid) for p in figure.parts):
        x, y = _on_cells(x, columns), _on_cells(y, rows)
    with _LOCK:
        try:
            _prepare(figure, width, height, x, y, bool(x_name))
            for part in _by_depth(figure):
                _draw(part, x, y, columns, rows, theme)
            text = str(plotext.build())
        finally:
            plotext.clear_figure()
    lines = text.rstrip("\n").split("\n")
    return (lines + [" " * width] * height)[:height]


def _prepare(figure: Figure, width: int, height: int, x: _Scale, y: _Scale, x_name: bool) -> None:
    plotext.clear_figure()
    plotext.limit_size(False, False)  # a picture may be larger than the terminal that this process sees
    plotext.plot_size(width, height)
    for paint_part in (plotext.canvas_color, plotext.axes_color, plotext.ticks_color):
        paint_part("default")
    plotext.xaxes(True, False)
    plotext.yaxes(True, False)
    plotext.xlim(x.low, x.high)
    plotext.ylim(y.low, y.high)
    plotext.xticks([v for v, _ in x.ticks], [t for _, t in x.ticks])
    plotext.yticks([v for v, _ in y.ticks], [t for _, t in y.ticks])
    if x_name:
        plotext.xlabel(figure.x.label)


def _on_cells(scale: _Scale, count: int) -> _Scale:
    """The same axis, with its ticks at the middle of grid cells where they were meant to be."""
    scale = replace(scale, cells=max(1, count))
    return replace(scale, ticks=tuple((scale.place(value), text) for value, text in scale.ticks))


def _by_depth(figure: Figure) -> list[Line | Scatter | Grid | Note]:
    """Regions lie at the bottom, then lines and points in the author's order, notes on top."""
    depth = {Grid: 0, Line: 1, Scatter: 1, Note: 2}
    parts = [p for p in figure.parts if isinstance(p, Line | Scatter | Grid | Note)]
    return sorted(parts, key=lambda part: depth[type(part)])


def _draw(part: Line | Scatter | Grid | Note, x: _Scale, y: _Scale, columns: int, rows: int, theme: Theme) -> None:
    if isinstance(part, Grid):
        if part.kind != "counts":
            _draw_cells(part, x, y, columns, rows, theme)
        return
    if isinstance(part, Note):
        if part.x is not None and part.y is not None:
            plotext.text(part.text, x.place(x.apply(part.x)), y.place(y.apply(part.y)), color=_colour(theme, part.role))
        return
    if isinstance(part, Scatter):
        xs, ys = _visible(part.x, part.y, x, y)
        if xs:
            plotext.scatter(xs, ys, marker=part.marker, color=_colour(theme, part.role))
        return
    # Marks need one point a column, not the extremes: a mark above its own curve would say something else.
    thin = decimate(part.x, part.y, max(8, columns if part.marker == BRAILLE else columns // 6))
    xs, ys = _visible(*thin, x, y)
    if not xs:
        return
    window = Window((x.low, x.high), (y.low, y.high), columns, rows)
    cells = braille(xs, ys, window) if part.marker == BRAILLE else marks(xs, ys, window, part.marker, part.every)
    _put(cells, window, _colour(theme, part.role))


def _put(cells: Cells, window: Window, colour: int | tuple[int, int, int] | str) -> None:
    """Finished characters at their cells: the coordinates that plotext maps back to exactly these cells."""
    x_step = (window.x[1] - window.x[0]) / max(1, window.columns - 1)
    y_step = (window.y[1] - window.y[0]) / max(1, window.rows - 1)
    xs, ys = [window.x[0] + c * x_step for c, _ in cells], [window.y[0] + r * y_step for _, r in cells]
    if cells:
        plotext.scatter(xs, ys, marker=list(cells.values()), color=colour)


def _visible(raw_x: Sequence[float], raw_y: Sequence[float], x: _Scale, y: _Scale) -> tuple[list[float], list[float]]:
    """The points after the axes' transformation, without those that are not finite or not positive on a log axis.

    What lies far outside is clamped just beyond the edge: a line would otherwise be walked there dot by dot.
    """
    margin_x, margin_y = 0.5 * (x.high - x.low), 0.5 * (y.high - y.low)
    xs, ys = [], []
    for one_x, one_y in zip(raw_x, raw_y, strict=True):
        a, b = x.apply(one_x), y.apply(one_y)
        if math.isfinite(a) and math.isfinite(b):
            xs.append(min(x.high + margin_x, max(x.low - margin_x, a)))
            ys.append(min(y.high + margin_y, max(y.low - margin_y, b)))
    return xs, ys


def _draw_cells(grid: Grid, x: _Scale, y: _Scale, columns: int, rows: int, theme: Theme) -> None:
    """Regions and heat maps: one shade character a cell of the terminal, looked up in the grid."""
    height, width = len(grid.values), len(grid.values[0])
    flat = [v for row in grid.values for v in row]
    low, high = (min(flat), max(flat)) if grid.kind == "heat" else (0.0, 4.0)
    scale = 4 / ((high - low) or 1.0)
    source = [(2 * c + 1) * width // (2 * columns) for c in range(columns)]  # what lies under a character's middle
    cells: Cells = {}
    for r in range(rows):
        row = grid.values[(2 * r + 1) * height // (2 * rows)]
        for c, j in enumerate(source):
            if shade := min(3, int((row[j] - low) * scale)):
                cells[c, r] = _REGION_SHADES[shade]
    _put(cells, Window((x.low, x.high), (y.low, y.high), columns, rows), _colour(theme, "muted"))


def _colour(theme: Theme, role: Role) -> int | tuple[int, int, int] | str:
    colour = theme.of(role)
    return "default" if colour is None else colour


def _coordinates(part: object, axis: int) -> Sequence[float]:
    if isinstance(part, Line | Scatter):
        return part.y if axis else part.x
    if isinstance(part, Grid) and part.kind != "counts":
        return part.y_range if axis else part.x_range
    if isinstance(part, Note) and part.x is not None and part.y is not None:
        return (part.y if axis else part.x,)
    return ()


def _scale(axis: Axis, values: Sequence[float], count: int) -> _Scale:
    good = [v for v in values if math.isfinite(v) and (v > 0 or not axis.log)]
    low = axis.low if axis.low is not None else min(good, default=0.1 if axis.log else 0.0)
    high = axis.high if axis.high is not None else max(good, default=1.0)
    if axis.log:
        low = low if low > 0 else 1e-12
        if not high > low:
            low, high = low / 2, low * 2
        ticks = axis.ticks or tuple((v, tick_label(v)) for v in log_ticks(low, high, count))
        placed = tuple((math.log10(v), t) for v, t in ticks if low * 0.999 <= v <= high * 1.001)
        return _Scale(math.log10(low), math.log10(high), _log10, placed)
    if not high > low:
        low, high = low - (abs(low) * 0.5 or 1.0), low + (abs(low) * 0.5 or 1.0)
    ticks = axis.ticks if axis.ticks is not None else tuple((v, tick_label(v)) for v in nice_ticks(low, high, count))
    return _Scale(low, high, float, tuple((v, t) for v, t in ticks if low <= v <= high))


def _log10(value: float) -> float:
    return math.log10(value) if value > 0 else math.nan


__all__ = ["cell", "plain", "render"]
