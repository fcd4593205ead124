"""A lab run as seen by the program: two training processes (the learner's and the reference) and one stream of events.

Owns the processes: their start, pause, stop and death. Draws nothing and judges nothing. `events()` is for one thread;
the other methods may be called from any.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO

from tutor.training.events import Alive, End, Event, from_json
from tutor.training.job import LabJob

_STOP_SECONDS = 2.0
"""How long a process may take to end after `stop` before it is killed."""
_DEAD_SECONDS = 20.0
"""Without any sign of life for so long (they come each second) a process is stuck inside a library call."""


class LabRun:
    """Starts with the first call of `events()`; `close()` leaves no process behind."""

    def __init__(self, job: LabJob, *, reference: bool = True) -> None:
        self.job = job
        self.paused = False
        jobs = [job, job.reference()] if reference and not job.all_course else [job]
        self._children = [_Child(one) for one in jobs]
        self._queue: queue.Queue[Event] = queue.Queue()
        self._stopped_at: float | None = None

    def events(self) -> Iterator[Event]:
        """Every event of both processes in the order of arrival; ends after the `End` of each."""
        # Both at once: measured on two cores, the pair takes 0.6 of the time of one after the other.
        for child in self._children:
            child.start(self._queue)
        left = {child.job.who for child in self._children}
        while left:
            try:
                event = self._queue.get(timeout=0.5)
            except queue.Empty:
                self._bury()
                continue
            if isinstance(event, End):
                left.discard(event.who)
            if not isinstance(event, Alive):
                yield event

    def pause(self) -> None:
        """Both processes wait at their next step."""
        self.paused = True
        self._tell("pause")

    def resume(self) -> None:
        """Both go on."""
        self.paused = False
        self._tell("resume")

    def stop(self) -> None:
        """End both soon; `events()` goes on until they have ended."""
        self.paused = False
        if self._stopped_at is None:
            self._stopped_at = time.monotonic()
        self._tell("stop")

    def close(self) -> None:
        """Kill what still runs."""
        for child in self._children:
            child.kill("stopped", "")

    def __enter__(self) -> LabRun:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _tell(self, word: str) -> None:
        for child in self._children:
            child.tell(word)

    def _bury(self) -> None:
        """Kill what does not obey, or gives no sign of life."""
        now = time.monotonic()
        for child in self._children:
            if self._stopped_at is not None and now - self._stopped_at > _STOP_SECONDS:
                child.kill("stopped", "")
            elif now - child.heard > _DEAD_SECONDS:
                child.kill("stalled", "The code is stuck inside a library call, so the run was ended.")


class _Child:
    """One training process and the thread that reads it."""

    def __init__(self, job: LabJob) -> None:
        self.job = job
        self.heard = time.monotonic()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._fate: End | None = None
        self._errors: IO[bytes] | None = None

    def start(self, events: queue.Queue[Event]) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process; closed by _read
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tutor.training.runner"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=_environment(),
            start_new_session=True,  # ctrl+c in the terminal is for the program, which then stops the run
        )
        self.heard = time.monotonic()
        self.tell(self.job.to_json())
        threading.Thread(target=self._read, args=(self._process, events), daemon=True).start()

    def tell(self, word: str) -> None:
        process = self._process
        if process is None or process.stdin is None:
            return
        with self._lock, contextlib.suppress(OSError, ValueError):  # it has ended already
            process.stdin.write(word.encode() + b"\n")
            process.stdin.flush()

    def kill(self, outcome: str, sentence: str) -> None:
        process = self._process
        if process is None or process.poll() is not None:
            return
        if self._fate is None:
            self._fate = End(self.job.who, "stopped" if outcome == "stopped" else "stalled", 0.0, sentence)
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()

    def _read(self, process: subprocess.Popen[bytes], events: queue.Queue[Event]) -> None:
        ended = False
        assert process.stdout is not None
        for line in process.stdout:
            self.heard = time.monotonic()
            try:
                event = from_json(json.loads(line))
            except (ValueError, KeyError, TypeError):
                continue  # half a line of a process that was killed while writing
            ended = ended or isinstance(event, End)
            events.put(event)
        code = process.wait()
        with self._lock, contextlib.suppress(OSError):
            process.stdout.close()
            if process.stdin is not None:
                process.stdin.close()
        if not ended:
            events.put(self._fate or End(self.job.who, "died", 0.0, _death(code, self._last_words())))
        if self._errors is not None:
            self._errors.close()

    def _last_words(self) -> str:
        if self._errors is None:
            return ""
        self._errors.seek(0)
        lines = self._errors.read()[-2000:].decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""


def _environment() -> dict[str, str]:
    """One thread unless told otherwise: two on a busy machine made an epoch 25 times slower."""
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    threads = os.environ.get("TUTOR_THREADS", "1")
    libraries = ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM", "NUMEXPR")
    return os.environ | {"PYTHONPATH": path, "PYTHONUTF8": "1"} | {f"{name}_NUM_THREADS": threads for name in libraries}


def _death(code: int, words: str) -> str:
    if code < 0:
        name = signal.Signals(-code).name
        memory = " (the system may have run out of memory)" if name == "SIGKILL" else ""
        return f"The training process was ended by {name}{memory}."
    return f"The training process ended without a result (exit code {code}). {words}".rstrip()
