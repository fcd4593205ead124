"""A lab run behind a screen: a thread reads the run's pipes, keeps it on disk, and tells the screen that there is news.

The screen fetches the news when it likes, so ten thousand steps a second cost it five redraws a second and no more.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from textual.message import Message

from tutor.training.events import Event
from tutor.training.job import LabJob
from tutor.training.run import LabRun
from tutor.training.store import KeptRun, RunWriter, list_runs


class News(Message):
    """Events have come; `LabFeed.take()` gives them."""

    def __init__(self, feed: LabFeed) -> None:
        super().__init__()
        self.feed = feed

    def can_replace(self, message: Message) -> bool:
        """One message is enough, however many steps were logged."""
        return isinstance(message, News)


class RunsListed(Message):
    """The kept runs were read."""

    def __init__(self, runs: list[KeptRun]) -> None:
        super().__init__()
        self.runs = runs


class LabFeed:
    """One run. `post` must be callable from any thread."""

    def __init__(self, job: LabJob, folder: Path | None, post: Callable[[Message], object]) -> None:
        self.run = LabRun(job)
        self.id = ""
        self.problem = ""
        self.over = False
        """True once every event was handed out."""
        self._folder, self._post = folder, post
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._ended = False

    def start(self) -> None:
        """Start the processes and the thread."""
        threading.Thread(target=self._read, daemon=True).start()

    def take(self) -> list[Event]:
        """What has come since the last call."""
        with self._lock:
            events, self._events = self._events, []
            self.over = self._ended
        return events

    def close(self) -> None:
        """End the processes at once."""
        self.run.close()

    def _read(self) -> None:
        writer = RunWriter(self._folder, self.run.job.lab) if self._folder is not None else None
        self.id = writer.id if writer is not None else ""
        for event in self.run.events():
            if writer is not None:
                writer.write(event)
            with self._lock:
                first = not self._events
                self._events.append(event)
            if first:  # the screen has been told of the others already, and not come yet
                self._post(News(self))
        if writer is not None:
            writer.close()
            self.problem = writer.problem
        with self._lock:
            self._ended = True
        self._post(News(self))


def read_runs(folder: Path, lab: str, post: Callable[[Message], object]) -> None:
    """List the kept runs of a lab; for a thread, as there may be many."""
    post(RunsListed(list_runs(folder, lab)[:50]))
