"""A figure on the screen: draws `tutor.training` figures at its own size in the app's colours. Knows no lab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.widget import Widget

from tutor.training.figure import Figure
from tutor.training.theme import Theme, from_hex

if TYPE_CHECKING:
    from collections.abc import Mapping


class FigureView(Widget):
    """One figure, redrawn when it, the size or the theme changes."""

    DEFAULT_CSS = "FigureView { width: 1fr; height: 1fr; }"

    def __init__(self, figure: Figure | None = None, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._figure = figure
        self._drawn: tuple[object, Text] | None = None

    @property
    def figure(self) -> Figure | None:
        """What is shown."""
        return self._figure

    def show(self, figure: Figure | None) -> None:
        """Show another figure."""
        self._figure, self._drawn = figure, None
        self.refresh()

    def on_mount(self) -> None:
        """Colours follow the app's theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._forget())

    def _forget(self) -> None:
        self._drawn = None
        self.refresh()

    def render(self) -> Text:
        """The figure as text; the last drawing is reused while nothing has changed."""
        width, height = self.content_size
        if self._figure is None or width < 12 or height < 3:
            return Text("")
        key = (width, height, self.app.theme)
        if self._drawn is None or self._drawn[0] != key:
            from tutor.training.plot import render  # plotext is imported with the first drawing, not with the app

            picture = render(self._figure, width, height, theme=app_theme(self.app.theme_variables))
            self._drawn = (key, Text.from_ansi(picture, no_wrap=True, end=""))
        return self._drawn[1]


def app_theme(variables: Mapping[str, str]) -> Theme:
    """The roles of a figure in the colours of a Textual theme; ANSI themes keep the terminal's own colours."""
    names = {
        "mine": "primary",
        "reference": "accent",
        "third": "secondary",
        "fourth": "warning",
        "fifth": "error",
        "good": "success",
        "bad": "error",
    }
    colours = {role: variables.get(name, "") for role, name in names.items()}
    return from_hex(**colours, muted=_between(variables.get("foreground", ""), variables.get("background", "")))


def _between(one: str, other: str) -> str:
    """The colour half-way between two, for what must stay behind the curves in light and dark themes alike."""
    if not (one.startswith("#") and other.startswith("#")):
        return ""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{(a + b) // 2:02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
