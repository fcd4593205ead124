"""The states of an exercise in marks and words."""

from __future__ import annotations

from tutor.console import mark, paint

TYPE_CHECKING = False  # see tutor.cli
if TYPE_CHECKING:
    from tutor.model import State

STATE_WORDS: dict[State, str] = {
    "new": "",
    "started": "started",
    "failed": "not yet",
    "passed": "passed",
    "given_up": "given up",
}


def state_mark(state: State) -> str:
    """✓ passed, ✗ graded and not passed, · anything else; in colour where there is any."""
    name, color = {"passed": ("passed", "green"), "failed": ("failed", "red")}.get(state, ("other", "dim"))
    return paint(mark(name), color)
