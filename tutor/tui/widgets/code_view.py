"""Python to look at, not to edit: highlighted lines with numbers and a mark where another text differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import ScrollableContainer
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tutor.tui.editor_theme import ROLES
from tutor.tui.python_syntax import spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


def code_lines(text: str) -> list[Content]:
    """Highlighted lines, as many as the text has, in the editor's colours."""
    content = Content(text)
    for first, end, name in spans(text):
        if name in ROLES:
            role, style = ROLES[name]
            content = content.stylize(f"${role or 'text-muted'} {style}".strip(), first, end)
    lines = content.split("\n", allow_blank=True)
    return [*lines, *(Content() for _ in range(text.count("\n") + 1 - len(lines)))]


class CodeView(ScrollableContainer, can_focus=True):
    """Scrolls in both directions. `rows` say which line to show and whether to mark it; None leaves a gap."""

    class Scrolled(Message):
        """The view was scrolled to another line."""

        def __init__(self, view: CodeView, y: float) -> None:
            super().__init__()
            self.view, self.y = view, y

    def __init__(self, title: str, text: str, rows: Sequence[tuple[int | None, bool]] = (), *, id: str) -> None:
        super().__init__(id=id)
        self.border_title = title
        self._code = text
        self._shown = rows or _all_lines(text)

    def compose(self) -> ComposeResult:
        """One tall text: lines that do not fit are scrolled to, never wrapped, so that rows stay side by side."""
        yield Static(self._content(), markup=False, classes="code")

    def show(self, text: str) -> None:
        """Show another text without marks."""
        self._code, self._shown = text, _all_lines(text)
        self.query_one(Static).update(self._content())
        self.scroll_home(animate=False)

    def _content(self) -> Content:
        lines = code_lines(self._code)
        return Content("\n").join(
            Content.assemble(
                ("≠ " if marked else "  ", "$text-accent bold"),
                (f"{'' if number is None else number + 1:>3}  ", "$foreground-muted"),
                Content() if number is None else lines[number],
            )
            for number, marked in self._shown
        )

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell, so that the other side can follow."""
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Scrolled(self, new_value))


def _all_lines(text: str) -> list[tuple[int | None, bool]]:
    return [(number, False) for number in range(text.count("\n") + 1)]
