"""The first thing a new learner sees: what happens here, in a few lines, and the way to lesson 1."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button

from tutor.tui.widgets.status import Line

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tutor.session import Session


def home_path(path: Path) -> str:
    """A path as people write it: `~/tutor`."""
    with suppress(ValueError, RuntimeError):
        return f"~/{path.relative_to(Path.home()).as_posix()}"
    return str(path)


STEPS = (
    ("Read", "a lesson, a page at a time."),
    ("Write", "a few lines of Python, here or in your own editor."),
    ("ctrl+r", "checks them. When something is wrong, you are told what."),
    ("ctrl+t", "trains something real with your code and draws the curve."),
)


class WelcomeScreen(ModalScreen[bool]):
    """Dismisses with True to begin with the first lesson."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "Look around", show=False),
        Binding("left,up", "app.focus_previous", "Previous", show=False),
        Binding("right,down", "app.focus_next", "Next", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def compose(self) -> ComposeResult:
        """What happens here, where the files are, two buttons."""
        with Vertical(id="dialog"):
            yield Line(f"Welcome to {self._session.course.title}", id="dialog-title")
            for word, rest in STEPS:
                yield Line(Content.assemble((f"{word:<8}", "bold $accent"), rest))
            yield Line(f"Your files are in {home_path(self._session.workspace.root)}", id="dialog-note")
            yield Line("ctrl+p finds everything · ? lists every key · ctrl+q leaves")
            with Horizontal(id="dialog-buttons"):
                yield Button("Begin with lesson 1", id="begin", variant="primary", compact=True)
                yield Button("Look around", id="look", compact=True)

    def on_mount(self) -> None:
        """Enter begins."""
        self.query_one("#begin").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Begin, or look around."""
        event.stop()
        self.dismiss(event.button.id == "begin")
