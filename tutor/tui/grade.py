"""Runs one grade at a time in a thread and tells what comes of it; knows no widget.

A thread, because `Session.grade` blocks while it reads from the judge; the learner's code itself runs in a process.
A new grade cancels the running one. Nothing here can raise into the app.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tutor.model import Finding, TutorError, Verdict
from tutor.tui.messages import FindingCame, GradeBroke, GradeEnded

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message

    from tutor.session import Session


class GradeRunner:
    """Grades for one screen. `post` must be callable from any thread."""

    def __init__(self, session: Session, post: Callable[[Message], object]) -> None:
        self._session = session
        self._post = post
        self._turn = threading.Lock()
        self._newest = 0
        self._running = False

    @property
    def running(self) -> bool:
        """True from the start of a grade until its verdict was posted."""
        return self._running

    def start(self, exercise_id: str) -> None:
        """Grade the file as it is on disk now; a grade that is still running is cancelled and posts nothing more."""
        self._newest += 1
        if self._running:
            self._session.cancel()
        self._running = True
        # A daemon: a thread must never keep the app from ending; the judge ends with `Session.close`.
        threading.Thread(target=self._run, args=(self._newest, exercise_id), daemon=True, name="grade").start()

    def cancel(self) -> None:
        """End the running grade; nothing of it is posted."""
        self._newest += 1
        if self._running:
            self._session.cancel()
        self._running = False

    def _run(self, number: int, exercise_id: str) -> None:
        with self._turn:
            if number != self._newest:
                return
            try:
                for part in self._session.grade(exercise_id):
                    self._pass_on(number, part)
            except TutorError as error:
                self._end(number, GradeBroke(str(error)))
            except Exception as error:  # the app must outlive a bug of the grader; the learner gets a sentence
                self._end(
                    number, GradeBroke(f"The grader stopped ({type(error).__name__}: {error}). Try ctrl+r again.")
                )
            else:
                self._end(number, GradeBroke("The grader ended without a verdict. Try ctrl+r again."))

    def _pass_on(self, number: int, part: Finding | Verdict) -> None:
        if number != self._newest:
            self._session.cancel()  # this grade began after it had been replaced
        elif isinstance(part, Verdict):
            self._end(number, GradeEnded(part))
        else:
            self._post(FindingCame(part))

    def _end(self, number: int, message: Message) -> None:
        """Post the end of a grade, once, and only when no newer one has begun."""
        if number == self._newest and self._running:
            self._running = False
            self._post(message)
