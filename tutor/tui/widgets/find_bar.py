"""The line below the editor to search in it or to go to a line. Tells what was typed; moves no cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from tutor.tui.actions import bindings
from tutor.tui.widgets.keys import LineInput
from tutor.tui.widgets.status import Line

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

Mode = Literal["find", "line"]


class FindBar(Horizontal):
    """Hidden until it is asked for."""

    class Typed(Message):
        """The text to look for has changed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Step(Message):
        """Go to the next (1) or previous (-1) match."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class LineChosen(Message):
        """Go to this line, counted from 1."""

        def __init__(self, line: int) -> None:
            super().__init__()
            self.line = line

    class Closed(Message):
        """The learner is done."""

    def __init__(self) -> None:
        super().__init__(classes="-hidden")
        self.mode: Mode = "find"

    def compose(self) -> ComposeResult:
        """A word, what is typed, and how many matches."""
        yield Line("Find", id="find-label")
        yield FindInput(id="find-input")
        yield Line(id="find-count")

    def open(self, mode: Mode, text: str = "") -> None:
        """Show the line and type into it."""
        self.mode = mode
        self.remove_class("-hidden")
        self.query_one("#find-label", Line).show("Find" if mode == "find" else "Line")
        self.count("")
        field = self.query_one(FindInput)
        field.value = text
        field.focus()
        field.select_all()

    def close(self) -> None:
        """Hide the line."""
        self.add_class("-hidden")
        self.post_message(self.Closed())

    def count(self, text: str) -> None:
        """Say how many matches there are."""
        self.query_one("#find-count", Line).show(text)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search while typing."""
        event.stop()
        if self.mode == "find" and not self.has_class("-hidden"):
            self.post_message(self.Typed(event.value))

    def step(self, step: int) -> None:
        """Next or previous match; in line mode, go there."""
        text = self.query_one(FindInput).value.strip()
        if self.mode == "find":
            self.post_message(self.Step(step))
        elif text.isdecimal() and int(text) > 0:
            self.post_message(self.LineChosen(int(text)))
            self.close()
        else:
            self.count("a number, please")


class FindInput(LineInput):
    """The field itself; its own ctrl+f (delete a word) gives way to the next match."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("find")]

    def _bar(self) -> FindBar:
        return next(part for part in self.ancestors if isinstance(part, FindBar))

    def action_next_match(self) -> None:
        """The next match."""
        self._bar().step(1)

    def action_previous_match(self) -> None:
        """The previous match."""
        self._bar().step(-1)

    def key_escape(self) -> None:
        """Back to the text."""
        self._bar().close()
