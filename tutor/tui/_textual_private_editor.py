"""A TextArea that highlights only the lines it draws: the uses of TextArea's private parts.

Textual's TextArea queries the whole syntax tree on every edit, which makes a keystroke cost time in proportion to the
file (260 ms at 1000 lines). Here a line's highlights are queried when the line is drawn, a block of lines at a time.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from textual.widgets import TextArea

from tutor.tui.python_syntax import rank

if TYPE_CHECKING:
    from collections.abc import Callable

Span = tuple[int, int | None, str]
"""(first byte, end byte or None for the line's end, name) of one highlight."""

BLOCK = 32
"""Lines that are queried at once."""


class LazyHighlights(defaultdict[int, list[Span]]):
    """Highlights by line, queried in blocks when a line is first asked for."""

    def __init__(self, query: Callable[[int, int], dict[int, list[Span]]]) -> None:
        super().__init__(list)
        self._query = query

    def __missing__(self, row: int) -> list[Span]:
        first = row // BLOCK * BLOCK
        found = self._query(first, first + BLOCK)
        for line in range(first, first + BLOCK):
            self.setdefault(line, found.get(line, []))
        return self[row]

    def __bool__(self) -> bool:
        return True  # TextArea looks at nothing when there are no highlights yet


def supported() -> bool:
    """True when this Textual's TextArea has the parts that are replaced here."""
    return all(hasattr(TextArea, name) for name in ("_build_highlight_map", "_render_line", "_set_document"))


class ViewportTextArea(TextArea):
    """A TextArea whose keystroke costs the same in a file of any length."""

    lines_queried = 0
    """How many lines the syntax tree was ever asked for; a test counts them instead of measuring time."""

    def _build_highlight_map(self) -> None:
        if not supported():  # pragma: no cover  # another Textual: slow, but right
            super()._build_highlight_map()
            return
        self._line_cache.clear()
        if isinstance(self._highlights, LazyHighlights):
            self._highlights.clear()
        else:
            self._highlights = LazyHighlights(self._query_lines)

    def _query_lines(self, first: int, end: int) -> dict[int, list[Span]]:
        query = self._highlight_query
        if not query:
            return {}
        self.lines_queried += end - first
        found: dict[int, list[Span]] = {}
        captures = self.document.query_syntax_tree(query, (first, 0), (end, 0))
        for name, nodes in captures.items():
            for node in nodes:
                (top, left), (bottom, right) = node.start_point, node.end_point
                for row in range(max(top, first), min(bottom, end - 1) + 1):
                    span = (left if row == top else 0, right if row == bottom else None, name)
                    found.setdefault(row, []).append(span)
        for spans in found.values():
            spans.sort(key=_outer_first)  # a line is painted in this order: what lies inside wins
        return found


def _outer_first(span: Span) -> tuple[int, int, int]:
    start, end, name = span
    return (start, -(end if end is not None else 1 << 30), rank(name))
