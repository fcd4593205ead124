"""The client's line to one warm server: starts the process, hands each job's messages to whoever asked."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tutor
from tutor.grading import sandbox

_BOOT = "import sys; sys.path.append(sys.argv[1]); from tutor.grading.server import main; main()"

Messages = queue.SimpleQueue[dict[str, Any] | None]


class Connection:
    """A server process and the thread that reads what it says."""

    def __init__(self, method: str, mode: str = "auto", slots: int = 1) -> None:
        command = [sys.executable, "-P", "-c", _BOOT, str(Path(tutor.__file__).parents[1])]
        self.process = subprocess.Popen(
            [
                *command,
                f"--sandbox={mode}",
                f"--slots={slots}",
                *([f"--{method}"] if method in ("spare", "bwrap") else []),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("TUTOR_GRADING_LOG") else subprocess.DEVNULL,
            env=sandbox.server_environment(),
            start_new_session=True,  # ctrl+c is the client's affair; the server ends when the client does
        )
        self.gone = False
        self._asking: dict[int, Messages] = {}
        self._lock = threading.Lock()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def ask(self, number: int, message: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Send a job and give what is said about it; ends early when the server dies."""
        answers: Messages = queue.SimpleQueue()
        with self._lock:
            self._asking[number] = answers
            if self.gone:
                return
        self.send({"id": number, **message})
        try:
            while (answer := answers.get()) is not None:
                yield answer
        finally:
            with self._lock:
                self._asking.pop(number, None)

    def send(self, message: dict[str, Any]) -> None:
        """Send one message; a server that has gone is noticed by the reading thread."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError, ValueError):
            self.process.stdin.write(json.dumps(message).encode() + b"\n")
            self.process.stdin.flush()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with contextlib.suppress(OSError, ValueError), self.process.stdout as lines:
            for line in lines:
                message = json.loads(line)
                with self._lock:
                    answers = self._asking.get(message.get("id", 0))
                if answers is not None:
                    answers.put(message)
        with self._lock:
            self.gone = True
            for answers in self._asking.values():
                answers.put(None)

    def close(self) -> None:
        """End the server, and wait for it."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(timeout=5)
