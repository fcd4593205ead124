"""Every graded version of an exercise, with its code; one can be brought back. Dismisses with True when one was."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, OptionList
from textual.widgets.option_list import Option

from tutor.tui.actions import bindings
from tutor.tui.messages import told
from tutor.tui.widgets.code_view import CodeView
from tutor.tui.widgets.status import Line, TitleBar

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tutor.session import Session
    from tutor.versions import Version


class HistoryScreen(Screen[bool]):
    """Versions at the left, the newest first, their code at the right."""

    CSS_PATH = "history.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("history")]
    AUTO_FOCUS = "#versions"
    SCOPE = "history"

    def __init__(self, session: Session, exercise_id: str) -> None:
        super().__init__()
        self._session, self._exercise = session, exercise_id
        self._versions: list[Version] = session.history(exercise_id)[::-1]

    def compose(self) -> ComposeResult:
        """List and preview, or the sentence that there is nothing yet."""
        yield TitleBar(
            (self._session.exercise(self._exercise).title, "earlier versions"), f"{len(self._versions)} graded"
        )
        if self._versions:
            with Horizontal():
                yield OptionList(*(Option(_row(version)) for version in self._versions), id="versions", markup=False)
                yield CodeView("", "", id="preview")
        else:
            yield Line("Nothing was graded yet. Every version you check with ctrl+r is kept here.", id="none")
        yield Footer()

    def _chosen(self) -> Version | None:
        place = self.query_one("#versions", OptionList).highlighted if self._versions else None
        return None if place is None else self._versions[place]

    @told
    def _text(self, version: Version) -> str:
        return self._session.workspace.version(version.sha256).decode("utf-8", errors="replace")

    @on(OptionList.OptionHighlighted)
    def _highlighted(self) -> None:
        version = self._chosen()
        if version is not None:
            preview = self.query_one("#preview", CodeView)
            preview.show(self._text(version) or "")
            preview.border_title = version.id

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        self.action_restore()

    def action_restore(self) -> None:
        """Ask, then bring the highlighted version back."""
        from tutor.tui.screens.dialogs import Question

        version = self._chosen()
        if version is None or version.current:
            self.notify("That is what your file holds now." if version else "There is nothing to bring back.")
            return
        question = Question(
            "Bring this version back?",
            f"Version {version.id} replaces your file; what you have now is kept as a backup.",
            {"restore": "Bring it back", "stay": "Keep my file"},
        )
        self.app.push_screen(question, lambda answer: self._restore(version) if answer == "restore" else None)

    @told
    def _restore(self, version: Version) -> None:
        self._session.restore(self._exercise, version.sha256)
        self.dismiss(True)

    @told
    def action_compare(self) -> None:
        """Show the highlighted version beside the file."""
        from tutor.tui.screens.solution import TwoTexts

        version = self._chosen()
        if version is not None:
            now = self._session.path(self._exercise).read_text(encoding="utf-8", errors="replace")
            title = self._session.exercise(self._exercise).title
            self.app.push_screen(TwoTexts(title, ("now", now), (version.id, self._text(version) or "")))


def _row(version: Version) -> Content:
    sign, color = ("✓", "$text-success") if version.outcome == "passed" else ("✗", "$text-error")
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(version.at))
    now = "  now" if version.current else ""
    return Content.assemble((sign, color), f" {when}  {version.passed}/{version.total}", (now, "bold $accent"))
