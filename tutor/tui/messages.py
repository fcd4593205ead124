"""What the app's parts say to each other: Textual messages, and the few methods screens may call on the app.

Owns no behaviour. Threads post these messages; only their handlers touch widgets.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Protocol, TypeVar, cast, runtime_checkable

from textual.message import Message

from tutor.model import TutorError

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.dom import DOMNode

    from tutor.model import Finding, Verdict


@runtime_checkable
class Opens(Protocol):
    """What a screen may ask of the app that shows it."""

    def open_lesson(self, lesson_id: str, /) -> None:
        """Show a lesson at the page where the learner left it."""

    def open_exercise(self, exercise_id: str, /) -> None:
        """Show the workbench of an exercise."""

    def open_lab(self, lab_id: str, /) -> None:
        """Show a lab."""

    def open_explorer(self, explorer_id: str, /) -> None:
        """Show an explorer."""


class FindingCame(Message):
    """One check has finished."""

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self.finding = finding


class GradeEnded(Message):
    """The verdict is there; no more findings will come."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__()
        self.verdict = verdict


class GradeBroke(Message):
    """Grading itself failed, which is no verdict on the learner's code. The sentence is for the learner."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


Method = TypeVar("Method", bound="Callable[..., object]")


def told(method: Method) -> Method:
    """Make a TutorError of a screen's or app's method a toast with its sentence instead of the end of the app."""

    @wraps(method)
    def wrapper(self: DOMNode, *arguments: object) -> object:
        try:
            return method(self, *arguments)
        except TutorError as error:
            self.app.notify(str(error), severity="error", timeout=10, markup=False)
            return None

    return cast("Method", wrapper)
