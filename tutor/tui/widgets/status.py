"""The lines at the edges of a screen: where one is, which panes there are, and words that can be clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult


class Line(Static):
    """Text that is never markup. `-hidden` when empty."""

    def __init__(self, content: Content | str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(content, id=id, classes=classes, markup=False)
        self.set_class(not content, "-hidden")

    def show(self, content: Content | str) -> None:
        """Show something else; nothing at all hides the line."""
        self.set_class(not content, "-hidden")
        self.update(content)


class Click(Line):
    """A line that runs an action when it is clicked."""

    def __init__(self, content: Content | str, action: str, *, id: str | None = None, classes: str = "") -> None:
        super().__init__(content, id=id, classes=f"click {classes}")
        self._action = action

    async def on_click(self, event: events.Click) -> None:
        """Run the action."""
        event.stop()
        await self.run_action(self._action)


class TitleBar(Horizontal):
    """The first line: where one is on the left (a click goes back), how it stands on the right."""

    def __init__(self, crumbs: tuple[str, ...], state: str = "") -> None:
        super().__init__()
        self._crumbs, self._state = crumbs, state

    def compose(self) -> ComposeResult:
        """Two texts."""
        yield Click(self._trail(), "app.back", id="crumbs")
        yield Line(self._state, id="state")

    def _trail(self) -> Content:
        *above, here = self._crumbs
        parts = [part for crumb in above for part in ((crumb, "$foreground-muted"), (" › ", "$foreground-muted"))]
        return Content.assemble(*parts, (here, "bold"))

    def show_state(self, content: Content | str) -> None:
        """Change the right side."""
        if self.is_mounted:
            self.query_one("#state", Line).show(content)


class PaneTabs(Horizontal):
    """The names of the panes when only one fits; a click shows it."""

    class Chosen(Message):
        """A name was clicked."""

        def __init__(self, pane: str) -> None:
            super().__init__()
            self.pane = pane

    def __init__(self, panes: dict[str, str]) -> None:
        super().__init__()
        self._panes = panes

    def compose(self) -> ComposeResult:
        """One name a pane."""
        for pane, title in self._panes.items():
            yield Tab(pane, title)

    def choose(self, pane: str) -> None:
        """Mark the pane that is shown."""
        for tab in self.query(Tab):
            tab.set_class(tab.pane == pane, "-shown")

    def rename(self, pane: str, title: Content | str) -> None:
        """Change what a tab says."""
        for tab in self.query(Tab):
            if tab.pane == pane:
                tab.update(title)

    def set_available(self, pane: str, available: bool) -> None:
        """Show or hide a tab."""
        for tab in self.query(Tab):
            if tab.pane == pane:
                tab.display = available


class Tab(Static):
    """One name in the strip."""

    def __init__(self, pane: str, title: str) -> None:
        super().__init__(title, markup=False)
        self.pane = pane

    def on_click(self, event: events.Click) -> None:
        """Ask for this pane."""
        event.stop()
        self.post_message(PaneTabs.Chosen(self.pane))
