"""An explorer: a picture with knobs, redrawn at every turn. The picture is a pure function of the knobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Footer

from tutor.course.find import find_explorer
from tutor.training.figure import Figure, Note
from tutor.training.module import ExplorerModule, load_explorer
from tutor.tui.actions import bindings
from tutor.tui.widgets.curve import FigureView
from tutor.tui.widgets.knobs import KnobPanel
from tutor.tui.widgets.status import Line, TitleBar

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tutor.session import Session
    from tutor.training.knobs import Value


class ExplorerScreen(Screen[None]):
    """Turn knobs, watch the picture."""

    CSS_PATH = "explorer.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("explorer")]
    AUTO_FOCUS = "KnobPanel"
    SCOPE = "explorer"

    def __init__(self, session: Session, explorer_id: str) -> None:
        """Raises CourseError when there is no such explorer or it cannot be loaded."""
        super().__init__()
        self.session = session
        self.explorer = find_explorer(session.course, explorer_id)
        self.module: ExplorerModule = load_explorer(self.explorer.path)

    def compose(self) -> ComposeResult:
        """Title, picture, knobs with the selected one's help, what to notice."""
        chapter = next(c for c in self.session.course.chapters if c.id == self.explorer.chapter)
        yield TitleBar((f"{chapter.number:02} {chapter.title}", self.explorer.title))
        with Vertical(id="split"):
            yield FigureView(id="picture")
            with Vertical(id="side"):
                yield KnobPanel(self.module.knobs, id="knobs")
                yield Line(id="help")
                yield Line(self.module.teaches, id="teaches")
        yield Footer()

    def on_mount(self) -> None:
        """The first picture."""
        panel = self.query_one(KnobPanel)
        panel.watch_selected()
        self.query_one(TitleBar).show_state("↑↓ choose ←→ turn")
        self._draw(panel.values)

    @on(KnobPanel.Turned)
    def _turned(self, event: KnobPanel.Turned) -> None:
        self._draw(event.values)

    @on(KnobPanel.Selected)
    def _selected(self, event: KnobPanel.Selected) -> None:
        self.query_one("#help", Line).show(event.knob.help)

    def _draw(self, values: dict[str, Value]) -> None:
        try:
            figure = self.module.draw(values)
        except Exception as error:  # a fault of the course's file must not end the app
            figure = Figure((Note(f"This picture cannot be drawn: {type(error).__name__}: {error}", role="bad"),))
        self.query_one(FigureView).show(figure)

    def action_reset(self) -> None:
        """Every knob at its default."""
        self.query_one(KnobPanel).action_reset()

    def action_turn_less(self) -> None:
        """Turn the selected knob down, wherever the focus is."""
        self.query_one(KnobPanel).action_turn(-1)

    def action_turn_more(self) -> None:
        """Turn the selected knob up, wherever the focus is."""
        self.query_one(KnobPanel).action_turn(1)

    def action_select_up(self) -> None:
        """The knob above."""
        self.query_one(KnobPanel).action_select(-1)

    def action_select_down(self) -> None:
        """The knob below."""
        self.query_one(KnobPanel).action_select(1)
