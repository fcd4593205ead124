"""The live part of a lesson that opens something: an exercise, a lab or an explorer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tutor.course.find import find_exercise, find_explorer, find_lab
from tutor.model import CourseError

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType

    from tutor.model import Course, State
    from tutor.text.lesson import Live, LiveKind

_WORDS = {"exercise": "Exercise", "lab": "Lab", "explore": "Explore"}
_STATES: dict[State, tuple[str, str]] = {
    "passed": ("✓ passed", "$text-success"),
    "failed": ("✗ not passing yet", "$text-error"),
    "started": ("◐ begun", "$text-warning"),
    "new": ("· new", "$text-muted"),
    "given_up": ("○ solution shown", "$text-muted"),
}


class LiveCard(Static, can_focus=True):
    """A button of two lines: what it opens, and how far the learner is with it."""

    DEFAULT_CSS = """
    LiveCard {
        height: auto; margin: 0 1 1 1; padding: 0 1;
        border-left: outer $primary; background: $primary 12%;
    }
    LiveCard:hover { background: $primary 22%; }
    LiveCard:focus { background: $primary 30%; border-left: outer $accent; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [("enter", "open", "Open")]

    class Opened(Message):
        """The learner wants to go there."""

        def __init__(self, kind: LiveKind, target: str) -> None:
            super().__init__()
            self.kind = kind
            self.target = target

    def __init__(self, course: Course, live: Live) -> None:
        super().__init__(markup=False)
        self.live = live
        self._title, self._facts = _described(course, live)

    def show_state(self, state: State | None) -> None:
        """Show how far the learner is; None for what is not graded."""
        parts: list[tuple[str, str]] = [(self._facts, "$text-muted")] if self._facts else []
        if state:
            parts += [("   ", "")] if parts else []
            parts.append(_STATES[state])
        verb = _WORDS[self.live.kind]
        title = Content.assemble((f"▶ {verb}  ", "bold $text-primary"), (self._title, "bold"))
        self.update(Content("\n").join([title, Content.assemble("  ", *parts)]) if parts else title)

    def on_click(self, event: events.Click) -> None:
        """Open it."""
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Ask the screen to go there."""
        self.post_message(self.Opened(self.live.kind, self.live.target))


def _described(course: Course, live: Live) -> tuple[str, str]:
    """The title of what a live part opens, and what to know before."""
    try:
        if live.kind == "exercise":
            exercise = find_exercise(course, live.target)
            level = "●" * exercise.level + "○" * (5 - exercise.level)
            return exercise.title, f"{exercise.id} · level {level} · {exercise.minutes} min"
        if live.kind == "lab":
            return find_lab(course, live.target).title, "trains with your own code"
        return find_explorer(course, live.target).title, ""
    except CourseError as error:
        return live.target, str(error)
