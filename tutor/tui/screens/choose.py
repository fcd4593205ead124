"""One of several lines, over whatever screen asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tutor.tui.widgets.status import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


class Choose(ModalScreen[int | None]):
    """Dismisses with the number of the chosen line, with None on escape."""

    DEFAULT_CSS = """
    Choose { align: center middle; }
    Choose #choices { width: 76; max-width: 96%; height: auto; max-height: 90%; background: $surface; padding: 1 2;
        border: round $primary; }
    Choose #choose-title { text-style: bold; }
    Choose #choose-text { color: $text-muted; margin-bottom: 1; }
    Choose OptionList { height: auto; max-height: 16; background: $surface; border: none; padding: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back", show=False)]

    def __init__(self, title: str, text: str, choices: Sequence[str]) -> None:
        super().__init__()
        self._title, self._text, self._choices = title, text, choices

    def compose(self) -> ComposeResult:
        """Title, sentence, lines."""
        with Vertical(id="choices"):
            yield Line(self._title, id="choose-title")
            yield Line(self._text, id="choose-text")
            yield OptionList(*(Option(Content(choice)) for choice in self._choices))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A line was chosen."""
        event.stop()
        self.dismiss(event.option_index)
