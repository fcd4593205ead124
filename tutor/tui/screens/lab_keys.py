"""The keys of lab and explorer as rows of the action table. The table itself may hold them; then its rows are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.tui.actions import Action, Scope, actions, bindings

if TYPE_CHECKING:
    from textual.binding import Binding

LAB_ACTIONS = (
    Action("train", ("ctrl+t", "t"), "Train", "Start training with these knobs", "lab", True, "tutor lab NAME",
           shown="^t"),
    Action("pause", ("space",), "Pause", "Pause, and go on", "lab", True, shown="space"),
    Action("stop", ("s",), "Stop", "End the run now; it is judged as it stands", "lab", True),
    Action("break_it", ("b",), "Break", "Train with a known mistake, and see the damage", "lab", True,
           "tutor lab NAME --break"),
    Action("log_axis", ("g",), "Log", "Logarithmic axis on and off", "lab", True, "tutor lab NAME --log"),
    Action("smooth", ("m",), "Smooth", "Smoothing: off, over 10 points, over 50", "lab", False,
           "tutor lab NAME --smooth"),
    Action("next_picture", ("v",), "View", "The next curve or picture", "lab", True),
    Action("compare", ("c",), "Compare", "Lay an earlier run over the curve", "lab", False, "tutor lab NAME --compare"),
    Action("export", ("x",), "Export", "Write the run as CSV", "lab", False, "tutor lab NAME --export FILE"),
    Action("next_pane", ("ctrl+b",), "Pane", "The next pane: set-up, curve, runs", "lab", True),
)  # fmt: skip

EXPLORER_ACTIONS = (
    Action("reset", ("home", "r"), "Reset", "Every knob back to its default", "explorer", True),
    Action("turn_less", ("left",), "Less", "Turn the selected knob down", "explorer", True, palette=False, shown="←"),
    Action("turn_more", ("right",), "More", "Turn the selected knob up", "explorer", True, palette=False, shown="→"),
    Action("select_up", ("up",), "Up", "The knob above", "explorer", False, palette=False, shown="↑"),
    Action("select_down", ("down",), "Down", "The knob below", "explorer", True, palette=False, shown="↓"),
)  # fmt: skip


def keys_of(scope: Scope, own: tuple[Action, ...]) -> list[Binding]:
    """Bindings from the app's table; from the rows here as long as it has none for this scope."""
    if actions(scope):
        return bindings(scope)
    from textual.binding import Binding

    return [
        Binding(",".join(a.keys), a.name, a.label, show=a.footer, key_display=a.shown or None, tooltip=a.help)
        for a in own
    ]
