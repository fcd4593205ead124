"""Search as you type through everything that can be opened; dismisses with what was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tutor.tui.outline import SIGNS, ChapterOutline, Item, mark, search
from tutor.tui.widgets.keys import LineInput
from tutor.tui.widgets.status import Line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult

    from tutor.model import State


class SearchScreen(ModalScreen[Item | None]):
    """One field, and what matches it."""

    CSS_PATH = "search.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", show=False),
        Binding("down", "move(1)", "Next", show=False),
        Binding("up", "move(-1)", "Previous", show=False),
    ]

    def __init__(
        self, chapters: tuple[ChapterOutline, ...], states: Mapping[str, State], pages: Mapping[str, int]
    ) -> None:
        super().__init__()
        self._chapters, self._states, self._pages = chapters, states, pages
        self._found: list[Item] = []

    def compose(self) -> ComposeResult:
        """Field and list."""
        with Vertical(id="search"):
            yield LineInput(placeholder="Search lessons, exercises, labs and explorers", id="search-text")
            yield OptionList(id="search-found", markup=False)
            yield Line(id="search-none")

    def on_mount(self) -> None:
        """Everything matches nothing typed."""
        self.query_one(OptionList).can_focus = False
        self._show("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search as it is typed."""
        self._show(event.value)

    def _show(self, words: str) -> None:
        self._found = search(self._chapters, words)
        rows = self.query_one(OptionList)
        rows.clear_options()
        rows.add_options([Option(self._row(item)) for item in self._found])
        rows.highlighted = 0 if self._found else None
        rows.display = bool(self._found)
        self.query_one("#search-none", Line).show("" if self._found else f"Nothing is called “{words.strip()}”.")

    def _row(self, item: Item) -> Content:
        sign = SIGNS[mark(item, self._states, self._pages)]
        return Content.assemble(
            f"{sign} ", (f"{item.kind:<9}", "$foreground-muted"), f"{item.title}  ", (item.id, "$foreground-muted")
        )

    def action_move(self, step: int) -> None:
        """Move the highlight while the field keeps the focus."""
        rows = self.query_one(OptionList)
        if rows.highlighted is not None:
            rows.highlighted = min(max(rows.highlighted + step, 0), len(self._found) - 1)

    def on_input_submitted(self) -> None:
        """Take what is highlighted."""
        place = self.query_one(OptionList).highlighted
        if place is not None:
            self.dismiss(self._found[place])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take what was clicked."""
        self.dismiss(self._found[event.option_index])
