"""Knobs as rows: a name, a value, a slider. Arrow keys and mouse turn them. Owns no meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tutor.training.knobs import Knob, Value, defaults

if TYPE_CHECKING:
    from textual import events

_SLIDER = 8
"""Columns a slider needs to be worth showing."""


class KnobPanel(Widget, can_focus=True):
    """All knobs of a lab or an explorer, one a row."""

    DEFAULT_CSS = """
    KnobPanel { height: auto; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "select(-1)", "Knob", show=False),
        Binding("down,j", "select(1)", "Knob", show=False),
        Binding("left,h", "turn(-1)", "Less", show=False),
        Binding("right,l", "turn(1)", "More", show=False),
        Binding("shift+left", "turn(-5)", "Much less", show=False),
        Binding("shift+right", "turn(5)", "Much more", show=False),
        Binding("home", "reset", "Reset", show=False),
    ]
    selected: reactive[int] = reactive(0)

    class Turned(Message):
        """A value has changed."""

        def __init__(self, values: dict[str, Value]) -> None:
            super().__init__()
            self.values = values

    class Selected(Message):
        """Another knob was selected; `help` is its sentence."""

        def __init__(self, knob: Knob) -> None:
            super().__init__()
            self.knob = knob

    def __init__(self, knobs: tuple[Knob, ...], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.knobs = knobs
        self.values = defaults(knobs)
        self.styles.height = len(knobs)

    # Drawing

    def render(self) -> Content:
        """A row a knob; the selected one has an arrow, so that it can be told without colour."""
        rows = [self._row(index, knob, self.size.width) for index, knob in enumerate(self.knobs)]
        return Content("\n").join(rows)

    @property
    def _name_width(self) -> int:
        return max((len(knob.label) for knob in self.knobs), default=0)

    @property
    def _value_width(self) -> int:
        words = [len(option) + 4 for knob in self.knobs for option in knob.options]
        return max([8, *words])

    @property
    def _slider_start(self) -> int:
        return 2 + self._name_width + 2 + self._value_width + 1

    def _row(self, index: int, knob: Knob, width: int) -> Content:
        chosen = index == self.selected
        value = self.values[knob.name]
        shown = f"‹ {knob.show(value)} ›" if knob.kind in ("choice", "toggle") else knob.show(value)
        head = f"{'▸' if chosen else ' '} {knob.label:<{self._name_width}}  "
        style = "bold $primary" if chosen and self.has_focus else "bold" if chosen else ""
        room = width - self._slider_start
        tail = _slider(knob, value, min(40, room)) if room >= _SLIDER else ""
        return Content.assemble((head, style), (f"{shown:<{self._value_width}} ", "bold"), (tail, "$foreground-muted"))

    # Turning

    def watch_selected(self) -> None:
        """Tell whose help is wanted."""
        if self.knobs:
            self.post_message(self.Selected(self.knobs[self.selected]))

    def on_focus(self) -> None:
        """The selected row's colour depends on the focus."""
        self.refresh()

    def on_blur(self) -> None:
        """The selected row's colour depends on the focus."""
        self.refresh()

    def action_select(self, by: int) -> None:
        """Go to another knob, round the ends."""
        if self.knobs:
            self.selected = (self.selected + by) % len(self.knobs)

    def action_turn(self, presses: int) -> None:
        """Turn the selected knob."""
        if self.knobs:
            knob = self.knobs[self.selected]
            self.set_value(knob, knob.turn(self.values[knob.name], presses))

    def action_reset(self) -> None:
        """Every knob at its default again."""
        self.values = defaults(self.knobs)
        self._changed()

    def set_value(self, knob: Knob, value: Value) -> None:
        """Set one knob; nothing is said when it has that value already."""
        if self.values[knob.name] != value:
            self.values = self.values | {knob.name: value}
            self._changed()

    def _changed(self) -> None:
        self.refresh()
        self.post_message(self.Turned(dict(self.values)))

    # Mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A click on a row selects it, on its slider sets it, on a word turns it."""
        offset = event.get_content_offset(self)
        if offset is None or not 0 <= offset.y < len(self.knobs):
            return
        self.focus()
        self.selected = offset.y
        knob = self.knobs[offset.y]
        length = min(40, self.size.width - self._slider_start)
        if knob.kind in ("choice", "toggle"):
            self.action_turn(1)
        elif length >= _SLIDER and offset.x >= self._slider_start:
            self.set_value(knob, knob.at((offset.x - self._slider_start) / max(1, length - 1)))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel turns the knob below the pointer."""
        self._wheel(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel turns the knob below the pointer."""
        self._wheel(event, -1)

    def _wheel(self, event: events.MouseEvent, presses: int) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and 0 <= offset.y < len(self.knobs):
            event.stop()
            self.selected = offset.y
            self.action_turn(presses)


def _slider(knob: Knob, value: Value, length: int) -> str:
    """`━━━●────`; choices show all their words instead where they fit."""
    if knob.kind in ("choice", "toggle"):
        words = knob.options or ("off", "on")
        line = " ".join(words)
        return line if len(line) <= length else ""
    place = round(knob.fraction(value) * (length - 1))
    return "━" * place + "●" + "─" * (length - 1 - place)
