"""What the palette lists: the actions that work on the present screen, then everything that can be opened."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from tutor.tui.actions import ACTIONS, Action, shown_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.screen import Screen

    from tutor.tui.app import TutorApp


def commands(app: TutorApp, screen: Screen[object]) -> Iterator[SystemCommand]:
    """Actions first, then lessons, exercises, labs and explorers."""
    for action in ACTIONS:
        target = _target(app, screen, action)
        if action.palette and target:
            yield SystemCommand(
                action.label, _help(action), partial(_run, app, f"{target}.{action.name.rpartition('.')[2]}")
            )
    for part in app.outline:
        for item in part.items:
            about = f"{item.kind} · {part.chapter.title}"
            yield SystemCommand(f"Open: {item.title}", about, partial(app.open_item, item))


def _help(action: Action) -> str:
    return " · ".join(filter(None, (action.help, shown_key(action), action.command)))


def _target(app: TutorApp, screen: Screen[object], action: Action) -> str:
    """Where the action's method is: the app, the screen, or the widget with the focus; empty when nowhere."""
    method = f"action_{action.name.rpartition('.')[2]}"
    if action.scope == "app":
        return "app" if hasattr(app, method) else ""
    if action.scope == getattr(screen, "SCOPE", "") and hasattr(screen, method):
        return "screen"
    if action.scope == "editor" and getattr(screen, "SCOPE", "") == "workbench":
        return "screen" if hasattr(screen, method) else "focused"
    return ""


async def _run(app: TutorApp, action: str) -> None:
    """Run it once the palette is gone and the focus is back where it was."""
    where, _, name = action.partition(".")
    if where == "focused":
        editor = app.screen.query("#editor").first()
        app.call_after_refresh(editor.run_action, name)
    else:
        app.call_after_refresh(app.run_action, action)
