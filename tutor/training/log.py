"""`log`: what a lab's `train` calls. Counts, judges, and is the place where a run pauses and stops."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from tutor.training.channel import Channel
from tutor.training.curves import Series
from tutor.training.events import Goal, Metrics, Said, Shown, Total
from tutor.training.figure import Figure
from tutor.training.job import LabJob
from tutor.training.target import Target

if TYPE_CHECKING:
    import numpy as np


class Stopped(BaseException):
    """The user ended the run. Not an Exception, so that a learner's `except Exception` does not swallow it."""


class Log:
    """The lab's side of a run: `log(step, train_loss=…)`, `log.total(n)`, `log.note("…")`, `log.show(figure)`."""

    def __init__(self, job: LabJob, channel: Channel) -> None:
        self.seed = job.seed
        self._running = threading.Event()
        self._running.set()
        self._stopping = False
        self._who = job.who
        self._channel = channel
        self._target: Target | None = None
        self._judged: dict[str, Series] = {}
        self._start = self._last = time.monotonic()
        self._paused = 0.0
        self._begun = False

    def __call__(self, step: float, **metrics: float) -> None:
        """Log values at a step. NumPy and torch scalars are fine."""
        values = {name: float(value) for name, value in metrics.items()}
        for name, value in values.items():
            self._judged.setdefault(name, Series(name)).add(float(step), value)
        self._channel.send(Metrics(self._who, float(step), values))
        self._checkpoint()

    def total(self, steps: int) -> None:
        """How many steps there will be, for the progress bar."""
        self._channel.send(Total(self._who, int(steps)))
        self._checkpoint()

    def note(self, text: str) -> None:
        """A sentence for the reader: which data, what happened."""
        self._channel.send(Said(self._who, text))

    def show(self, figure: Figure) -> None:
        """A picture besides the curves; the same title replaces the earlier one."""
        self._channel.send(Shown(self._who, figure))
        self._checkpoint()

    def aim(self, target: Target) -> None:
        """What the end will be judged by (the lab's TARGET is set already; data may ask for another)."""
        self._target = target
        self._channel.send(Goal(self._who, target))

    def rng(self) -> np.random.Generator:
        """A fresh generator from the run's seed: the learner's run and the reference draw the same numbers."""
        import numpy as np

        return np.random.default_rng(self.seed)

    def begin(self) -> None:
        """Start the clock: loading is over."""
        self._start = self._last = time.monotonic()
        self._begun = True

    def seconds(self) -> float:
        """Seconds of training without pauses."""
        return time.monotonic() - self._start - self._paused

    def silence(self) -> float:
        """Seconds since something was logged; 0 while paused. Loading counts a quarter: a cold disk is no fault."""
        if not self._running.is_set():
            return 0.0
        return (time.monotonic() - self._last) * (1.0 if self._begun else 0.25)

    @property
    def paused(self) -> bool:
        """Whether the run waits, or will at its next step."""
        return not self._running.is_set()

    def pause(self) -> None:
        """Wait at the next step."""
        self._running.clear()

    def resume(self) -> None:
        """Go on."""
        self._last = time.monotonic()
        self._running.set()

    def stop(self) -> None:
        """End at the next step."""
        self._stopping = True
        self.resume()

    def judge(self) -> tuple[bool | None, float]:
        """Whether the target was reached, and the value that counts."""
        if self._target is None:
            return None, float("nan")
        return self._target.judge(self._judged.get(self._target.metric))

    def _checkpoint(self) -> None:
        if not self._running.is_set():
            before = time.monotonic()
            self._channel.flush()
            self._running.wait()
            self._paused += time.monotonic() - before
        if self._stopping:
            raise Stopped
        self._last = time.monotonic()
