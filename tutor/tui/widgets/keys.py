"""Keys in the order in which they were typed. Knows no particular widget.

Textual lets a widget see a key first and only then, when it has climbed to the app, looks for a binding and runs its
action. A letter acts where it lands. So in a burst of keys (a slow line, a busy machine, a key held down) the letters
overtake the arrows and backspaces that were typed before them. A widget that takes text runs its own bindings itself.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.dom import DOMNode
from textual.widget import Widget
from textual.widgets import Input

if TYPE_CHECKING:
    from textual import events


async def act_at_once(widget: Widget, event: events.Key) -> bool:
    """Run the action that the widget's own classes bind to a key, if there is one, and keep the key from climbing."""
    action = _bound(type(widget)).get(event.key)
    if action is None or not await widget.app.run_action(action, widget):
        return False  # an action may decline, as scrolling does where there is nothing to scroll: the key climbs on
    event.stop()
    event.prevent_default()
    return True


@cache
def _bound(kind: type[Widget]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in reversed(kind.__mro__):
        if issubclass(part, DOMNode):
            found |= {binding.key: binding.action for binding in Binding.make_bindings(vars(part).get("BINDINGS", ()))}
    return found


class LineInput(Input):
    """A line of text whose keys keep their order."""

    async def on_key(self, event: events.Key) -> None:
        """Bound keys act here and now; enter climbs, so that it comes behind the keys that the screen has bound."""
        if event.key != "enter":
            await act_at_once(self, event)
