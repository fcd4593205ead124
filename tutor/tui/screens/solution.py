"""Two programs side by side, such as the learner's and the solution, with a mark where they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Footer

from tutor.tui.actions import bindings
from tutor.tui.comparing import aligned, differences
from tutor.tui.widgets.code_view import CodeView
from tutor.tui.widgets.status import PaneTabs, TitleBar

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

Named = tuple[str, str]
"""What a text is called, and the text."""


class TwoTexts(Screen[None]):
    """Two columns, or one at a time in a narrow terminal."""

    CSS_PATH = "solution.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("solution")]
    AUTO_FOCUS = "#right"
    SCOPE = "solution"

    def __init__(self, title: str, left: Named, right: Named) -> None:
        super().__init__()
        self._names = (title, left[0], right[0])
        self._texts = (left[1], right[1])
        self._pairs = aligned(left[1].split("\n"), right[1].split("\n"))
        self._differences = differences(self._pairs)
        self._shown = "right"

    def compose(self) -> ComposeResult:
        """Title, tabs, two columns."""
        title, left, right = self._names
        count = len(self._differences)
        state = f"{count} place{'s' * (count != 1)} differ{'s' * (count == 1)}" if count else "no difference"
        yield TitleBar((title, f"{left} and {right}"), state)
        yield PaneTabs({"left": left, "right": right})
        with Horizontal(id="columns"):
            yield CodeView(left, self._texts[0], [(pair.left, not pair.same) for pair in self._pairs], id="left")
            yield CodeView(right, self._texts[1], [(pair.right, not pair.same) for pair in self._pairs], id="right")
        yield Footer()

    def on_mount(self) -> None:
        """In a narrow terminal, begin with the right side."""
        self._show("right")

    def _show(self, side: str) -> None:
        self._shown = side
        self.set_class(side == "left", "-side-left")
        self.query_one(PaneTabs).choose(side)
        self.query_one(f"#{side}").focus()

    def action_switch_side(self) -> None:
        """Show, or focus, the other side."""
        self._show("left" if self._shown == "right" else "right")

    @on(PaneTabs.Chosen)
    def _tab_clicked(self, event: PaneTabs.Chosen) -> None:
        self._show(event.pane)

    def action_next_difference(self) -> None:
        """Scroll to the next place that differs; after the last one, to the first."""
        view = self.query_one(f"#{self._shown}", CodeView)
        here = view.scroll_offset.y
        later = [row for row in self._differences if row > here + 2] or self._differences[:1]
        if later and view.max_scroll_y:
            view.scroll_to(y=max(0, later[0] - 2), animate=False)

    @on(CodeView.Scrolled)
    def _scrolled(self, event: CodeView.Scrolled) -> None:
        """Both sides show the same rows."""
        for view in self.query(CodeView):
            if view is not event.view and view.scroll_y != event.y:
                view.set_scroll(None, event.y)
