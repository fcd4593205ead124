"""The way out of a training process: events as JSON lines on the real stdout, and a stand-in for what code prints."""

from __future__ import annotations

import io
import json
import os
import threading
import time
from collections.abc import Iterable

from tutor.training.events import Alive, Event, Metrics, Said, Who, to_json

_FLUSH_SECONDS = 0.05
"""Metrics are written in bunches: a run of 10,000 steps a second must not cost as many system calls."""
_PRINT_LIMIT = 8_000
"""Characters of the learner's prints that are passed on."""


class Channel:
    """Writes events; safe to use from several threads. After the last event everything is dropped."""

    def __init__(self, who: Who) -> None:
        self.who = who
        # Learner code may write to file descriptor 1 by other ways than print: it gets /dev/null, events get a copy.
        self._fd = os.dup(1)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.close(null)
        self._lock = threading.Lock()
        self._waiting: list[str] = []
        self._written = time.monotonic()
        self._over = False

    def send(self, event: Event, *, last: bool = False) -> None:
        """Write one event. Metrics and signs of life may wait for up to 50 ms or for the next other event."""
        line = json.dumps(to_json(event), allow_nan=False) + "\n"
        with self._lock:
            if self._over:
                return
            self._over = last
            self._waiting.append(line)
            late = time.monotonic() - self._written > _FLUSH_SECONDS
            if late or not isinstance(event, Metrics | Alive):
                self._flush()

    def flush(self) -> None:
        """Write what waits: nothing more may come for a while."""
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        data = memoryview("".join(self._waiting).encode())
        self._waiting.clear()
        self._written = time.monotonic()
        try:
            while data:
                data = data[os.write(self._fd, data) :]
        except OSError:  # the parent is gone
            os._exit(3)


class Printed(io.TextIOBase):
    """stdout and stderr of the code under training: each line becomes an event, up to a limit."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._left = _PRINT_LIMIT
        self._line = ""

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str) -> int:
        """Pass on whole lines."""
        self._line += text if self._left > 0 else ""
        *lines, self._line = self._line.split("\n")
        if len(self._line) > 500:
            lines, self._line = [*lines, self._line], ""
        self._pass(lines)
        return len(text)

    def _pass(self, lines: Iterable[str]) -> None:
        for line in lines:
            if self._left <= 0:
                return
            shown = "".join(c if c.isprintable() else "�" for c in line)[: min(500, self._left)]
            self._left -= len(line) + 1
            self._channel.send(Said(self._channel.who, shown, "printed"))
            if self._left <= 0:
                self._channel.send(Said(self._channel.who, "(it prints more, which is not shown)", "printed"))
