"""A setting that is on or off, which can be told without colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.content import Content


class Toggle(Widget, can_focus=True):
    """`[✓] label` or `[ ] label`."""

    DEFAULT_CSS = "Toggle { height: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "turn", "Change")]

    value = reactive(False)

    def __init__(self, label: str, value: bool, *, id: str) -> None:
        super().__init__(id=id)
        self._label = label
        self.set_reactive(Toggle.value, value)

    def render(self) -> Content | str:
        """Box and label."""
        from textual.content import Content

        return Content(f"[{'✓' if self.value else ' '}] {self._label}")

    def action_turn(self) -> None:
        """On becomes off."""
        self.value = not self.value

    def on_click(self) -> None:
        """A click does the same."""
        self.action_turn()
