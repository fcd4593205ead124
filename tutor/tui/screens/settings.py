"""The settings; dismisses with what was chosen. A theme is shown as soon as it is highlighted."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Input, Select

from tutor.tui.preferences import Preferences
from tutor.tui.widgets.keys import LineInput
from tutor.tui.widgets.status import Line, TitleBar
from tutor.tui.widgets.toggle import Toggle

if TYPE_CHECKING:
    from textual.app import ComposeResult

SWITCHES = {
    "autosave": ("Save by itself", "Save without asking when you leave an exercise. Grading always saves."),
    "close_brackets": ("Close brackets", "Typing ( also types ), and so on."),
    "reduced_motion": ("Reduced motion", "No animations, and a cursor that does not blink."),
}


class SettingsScreen(Screen[Preferences]):
    """A form; escape keeps what was chosen."""

    CSS_PATH = "settings.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+s", "done", "Done", key_display="esc"),
        Binding("down", "app.focus_next", "Next", show=False),
        Binding("up", "app.focus_previous", "Previous", show=False),
    ]

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._before = preferences

    def compose(self) -> ComposeResult:
        """One row a setting."""
        yield TitleBar(("Settings",))
        with VerticalScroll(id="form", can_focus=False):
            themes = sorted(self.app.available_themes, key=lambda name: (not name.startswith("tutor-"), name))
            with Horizontal(classes="field"):
                yield Line("Theme", classes="label")
                options = [(name, name) for name in themes]
                yield Select(options, value=self._before.theme, allow_blank=False, compact=True, id="theme")
            yield from self._text("tab_width", "Tab width", str(self._before.tab_width), "1 to 8 columns")
            yield from self._text("editor", "Your editor", self._before.editor, "empty: $VISUAL, then $EDITOR")
            for name, (label, about) in SWITCHES.items():
                with Horizontal(classes="field"):
                    yield Toggle(label, getattr(self._before, name), id=name)
                    yield Line(about, classes="about")
            yield Line(id="problem")
        yield Footer()

    @staticmethod
    def _text(name: str, label: str, value: str, about: str) -> ComposeResult:
        with Horizontal(classes="field"):
            yield Line(label, classes="label")
            yield LineInput(value, id=name, compact=True, placeholder=about)

    @on(Select.Changed)
    def _theme_chosen(self, event: Select.Changed) -> None:
        self.app.theme = str(event.value)

    def action_done(self) -> None:
        """Check, then close."""
        width = self.query_one("#tab_width", Input).value.strip()
        if width not in map(str, range(1, 9)):
            self.query_one("#problem", Line).show(f"✗ The tab width must be a number from 1 to 8, not {width!r}.")
            self.query_one("#tab_width").focus()
            return
        switches = {name: self.query_one(f"#{name}", Toggle).value for name in SWITCHES}
        editor = self.query_one("#editor", Input).value.strip()
        self.dismiss(Preferences(theme=self.app.theme, tab_width=int(width), editor=editor, **switches))
