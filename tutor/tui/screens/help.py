"""Every key and every action, from the one table of actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer

from tutor.tui.actions import SCOPE_TITLES, actions, shown_key
from tutor.tui.widgets.status import Line, TitleBar

if TYPE_CHECKING:
    from textual.app import ComposeResult

NOTE = (
    "To select text with the mouse for your terminal's own clipboard, hold shift while dragging. "
    "Every action is also in the palette (ctrl+p), and the ones in the last column are commands."
)


class HelpScreen(Screen[None]):
    """Scrolls; escape goes back."""

    CSS_PATH = "help.tcss"
    AUTO_FOCUS = "#help"

    def compose(self) -> ComposeResult:
        """A block for each place, with what is useful on the screen below first."""
        yield TitleBar(("Help", "every key"))
        with VerticalScroll(id="help"):
            yield Line(NOTE, classes="note")
            for scope, title in SCOPE_TITLES.items():
                rows = actions(scope)
                if not rows:
                    continue
                yield Line(title, classes="title")
                for action in rows:
                    key = shown_key(action) or "palette"
                    command = f"  tutor{action.command.removeprefix('tutor')}" if action.command else ""
                    yield Line(
                        Content.assemble((f"{key:<12}", "bold $accent"), action.help, (command, "$foreground-muted")),
                        classes="row",
                    )
        yield Footer()
