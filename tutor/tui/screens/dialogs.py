"""One question with a few answers, over whatever screen asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button

from tutor.tui.widgets.status import Line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult


class Question(ModalScreen[str]):
    """Dismisses with the chosen answer's key; with an empty string on escape."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss('')", "Back", show=False),
        Binding("left,up", "app.focus_previous", "Previous", show=False),
        Binding("right,down", "app.focus_next", "Next", show=False),
    ]

    def __init__(self, title: str, text: str, answers: Mapping[str, str]) -> None:
        """`answers` maps keys to what the buttons say; the first one has the focus."""
        super().__init__()
        self._title, self._text, self._answers = title, text, answers

    def compose(self) -> ComposeResult:
        """Title, sentence, buttons."""
        with Vertical(id="dialog"):
            yield Line(self._title, id="dialog-title")
            with VerticalScroll(id="dialog-text", can_focus=False):
                yield Line(self._text)
            with Horizontal(id="dialog-buttons"):
                for number, (key, label) in enumerate(self._answers.items()):
                    yield Button(label, id=f"answer-{key}", variant="default" if number else "primary", compact=True)

    def on_mount(self) -> None:
        """Enter takes the first answer."""
        self.query(Button).first().focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """An answer was chosen."""
        event.stop()
        self.dismiss((event.button.id or "").removeprefix("answer-"))
