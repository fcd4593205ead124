"""What is shown when the terminal is too small for anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from tutor.tui.widgets.status import Line

if TYPE_CHECKING:
    from textual.app import ComposeResult


class TooSmall(Screen[None]):
    """Goes away by itself when the terminal is enlarged; what lies below keeps its state."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", show=False)]

    DEFAULT_CSS = """
    TooSmall { align: center middle; }
    TooSmall ToastRack { display: none; }
    TooSmall Line { width: 100%; text-align: center; }
    """

    def __init__(self, smallest: tuple[int, int]) -> None:
        super().__init__()
        self._smallest = smallest

    def compose(self) -> ComposeResult:
        """Two short lines."""
        columns, rows = self._smallest
        yield Line("Make me larger")
        yield Line(f"at least {columns}×{rows}")

    def action_back(self) -> None:
        """Only room closes this."""
