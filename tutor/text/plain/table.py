"""Tables as aligned columns; cells wrap when the table is too wide for the terminal."""

from __future__ import annotations

from tutor.text.plain.inline import wrap
from tutor.text.plain.style import Style, visible

_BETWEEN = 3


def table_lines(rows: list[list[str]], aligns: list[str], style: Style, columns: int) -> list[str]:
    """Lay out a table whose first row is its head; `aligns` holds `left`, `center` or `right` a column."""
    widths = column_widths(rows, columns)
    lines: list[str] = []
    for i, row in enumerate(rows):
        cells = [wrap(cell, max(1, size)) for cell, size in zip(row, widths, strict=True)]
        for k in range(max(map(len, cells))):
            texts = [cell[k] if k < len(cell) else "" for cell in cells]
            parts = [_filled(text, size, align) for text, size, align in zip(texts, widths, aligns, strict=True)]
            line = " │ ".join(style.paint("strong", part) if i == 0 else part for part in parts)
            lines.append(line.rstrip())
        if i == 0:
            lines.append("─┼─".join(style.rule(size) for size in widths))
    return lines


def column_widths(rows: list[list[str]], columns: int, between: int = _BETWEEN) -> list[int]:
    """Take the room from the widest column until the table fits; no column gets narrower than its longest word."""
    widths = [max(map(visible, column)) for column in zip(*rows, strict=True)]
    least = [max(visible(word) for cell in column for word in cell.split(" ")) for column in zip(*rows, strict=True)]
    room = columns - between * (len(widths) - 1)
    while sum(widths) > room:
        spare = [(size, i) for i, size in enumerate(widths) if size > min(least[i], size)]
        if not spare:
            break
        widths[max(spare)[1]] -= 1
    return widths


def _filled(text: str, columns: int, align: str) -> str:
    free = max(0, columns - visible(text))
    before = {"right": free, "center": free // 2}.get(align, 0)
    return " " * before + text + " " * (free - before)
