"""The task of an exercise with the hints shown so far. Reveals nothing by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content

from tutor.tui.widgets.prose import prose
from tutor.tui.widgets.status import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.widgets import Markdown


class TaskPane(VerticalScroll, can_focus=True):
    """Task, hints, and how many hints there are."""

    def compose(self) -> ComposeResult:
        """Only the last line; the text comes with `fill`."""
        yield Line(id="hints-left")

    def fill(self, task: str, hints: Sequence[str], shown: int) -> None:
        """Show the task and the hints that the learner has already seen."""
        self.query(".prose").remove()
        parts = [prose(task, classes="prose")]
        parts += [self._hint(number, hint) for number, hint in enumerate(hints[:shown], 1)]
        self.mount_all(parts, before="#hints-left")
        self._count(shown, len(hints))

    def problem(self, sentence: str) -> None:
        """The task cannot be shown."""
        self.query_one("#hints-left", Line).show(Content.styled(f"✗ {sentence}", "$text-error"))

    def add_hint(self, number: int, hint: str, total: int) -> None:
        """Show one more hint and bring it into view."""
        widget = self._hint(number, hint)
        self.mount(widget, before="#hints-left")
        self._count(number, total)
        self.call_after_refresh(lambda: self.call_after_refresh(self.scroll_to_widget, widget, animate=False, top=True))

    @staticmethod
    def _hint(number: int, hint: str) -> Markdown:
        return prose(f"### Hint {number}\n\n{hint}", classes="prose hint")

    def _count(self, shown: int, total: int) -> None:
        if not total:
            text = "There are no hints for this exercise."
        elif shown == total:
            text = f"All {total} hints are shown."
        else:
            text = f"{shown} of {total} hints shown. ctrl+g shows the next one."
        self.query_one("#hints-left", Line).show(text)
