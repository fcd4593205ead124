"""The curve of the last kept run of a lab, beside the code it trained with. Starts no run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical

from tutor.model import TutorError
from tutor.tui.widgets.curve import FigureView
from tutor.tui.widgets.status import Click

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult

    from tutor.model import Lab


class RunPane(Vertical, can_focus=True):
    """The first curve of the newest run, or how to get one."""

    def __init__(self, runs: Path, lab: Lab, *, id: str) -> None:
        super().__init__(id=id)
        self._runs, self._lab = runs, lab
        self.border_title = f"Curve · {lab.title}"

    def compose(self) -> ComposeResult:
        """A picture or a sentence."""
        yield FigureView(id="last-run")
        yield Click("No run yet. ctrl+t trains with your code.", "screen.train", id="no-run")

    def on_mount(self) -> None:
        """Show what there is."""
        self.look()

    def look(self) -> None:
        """Read the newest run; a run that cannot be read is as good as none."""
        from tutor.training.pictures import View, pictures
        from tutor.training.store import list_runs, load_run

        figures = []
        try:
            kept = list_runs(self._runs, self._lab.id)
            if kept:
                figures = pictures(load_run(self._runs, kept[0].id), (kept[0].metric,), View())
        except (TutorError, OSError):
            figures = []
        self.query_one("#last-run", FigureView).show(figures[0] if figures else None)
        self.query_one("#last-run").display = bool(figures)
        self.query_one("#no-run").display = not figures
        self.set_class(not figures, "-empty")
