"""The editor with its search line. Knows nothing of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import Vertical
from textual.widgets import Input

from tutor.tui import editing
from tutor.tui.widgets.editor import Editor
from tutor.tui.widgets.find_bar import FindBar

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tutor.tui.preferences import Preferences


class EditorPane(Vertical):
    """Editor above, search line below."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences

    def compose(self) -> ComposeResult:
        """Editor, search line."""
        width, close = self._preferences.tab_width, self._preferences.close_brackets
        yield Editor(tab_width=width, close_brackets=close, id="editor")
        yield FindBar()

    @property
    def editor(self) -> Editor:
        """The editor."""
        return self.query_one(Editor)

    def find(self) -> None:
        """Open the search line with the selection in it."""
        selected = self.editor.selected_text
        self.query_one(FindBar).open("find", "" if "\n" in selected else selected)

    def goto_line(self) -> None:
        """Ask for a line."""
        self.query_one(FindBar).open("line")

    @on(FindBar.Typed)
    def _typed(self, event: FindBar.Typed) -> None:
        self._go(event.text, 0)

    @on(FindBar.Step)
    def _step(self, event: FindBar.Step) -> None:
        self._go(self.query_one("#find-input", Input).value, event.step)

    def _go(self, needle: str, step: int) -> None:
        """Select a match: 0 the first at or behind the cursor, 1 the next, -1 the previous."""
        bar, found = self.query_one(FindBar), editing.matches(self.editor.text, needle)
        if not found:
            bar.count("no match" if needle else "")
            return
        place = editing.step_to(found, min(self.editor.selection), step)
        self.editor.go_to(*found[place], len(needle))
        bar.count(f"{place + 1} of {len(found)}")

    @on(FindBar.LineChosen)
    def _line(self, event: FindBar.LineChosen) -> None:
        self.editor.go_to(min(event.line, self.editor.document.line_count) - 1)

    @on(FindBar.Closed)
    def _back_to_text(self) -> None:
        self.editor.focus()
