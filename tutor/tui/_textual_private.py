"""Uses of private parts of Textual's App and Screen, so that a new Textual breaks here and nowhere else.

Those of TextArea are in `_textual_private_editor`: importing it would cost the first paint 100 ms. Each has a test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App

from tutor.tui.rescue import rescue_all

if TYPE_CHECKING:
    from textual.screen import Screen


class GuardedApp(App[None]):
    """An app that saves what was typed before Textual ends it because of an error."""

    def _handle_exception(self, error: Exception) -> None:
        rescue_all(self.screen_stack)
        super()._handle_exception(error)


def screen_text(app: App[object], screen: Screen[object] | None = None) -> str:
    """What a screen shows, as plain lines of text: tests compare it."""
    strips = (screen or app.screen)._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)
