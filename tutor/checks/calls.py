"""What is known of the learner's last call beyond its result.

Whoever stands between a check and the learner's code offers it by an attribute `tutor_last_call`, on `mine` and on its
functions: the proxy into the learner process, or `Watched` here for a program in this process.
"""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType

import numpy as np
import torch

from tutor.checks.failure import MISSING


@dataclass(frozen=True, slots=True)
class CallInfo:
    """One call into the learner's code, as the process that ran it reports it."""

    name: str
    printed: str = ""
    warnings: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    """Arguments whose values, gradient or memory changed."""
    random_used: tuple[str, ...] = ()
    """Global random number generators that were used or seeded: of `numpy`, `random`, `torch`."""
    cpu_seconds: float | None = None
    peak_bytes: int | None = None


def last_call(target: object) -> CallInfo | None:
    """The last call of `mine`, or of one of its functions; None when nobody kept a record."""
    found = getattr(target, "tutor_last_call", None)
    return found if isinstance(found, CallInfo) else None


class Watched:
    """A program in this process whose function calls are recorded; classes and other values are handed out as is."""

    RANDOM_BUDGET = 3
    """How many calls of a check are watched for the global random state: looking costs 0.1 ms, habits show early."""

    def __init__(self, program: object) -> None:
        self._program = program
        self._looks = 0
        self._functions: dict[str, Callable[..., object]] = {}
        self.tutor_last_call: CallInfo | None = None
        self.tutor_last_result: object = MISSING
        self.begin()

    def begin(self) -> None:
        """Forget everything: another check begins."""
        self._looks = 0
        self.tutor_last_call = None
        self.tutor_last_result = MISSING
        self.tutor_random_used: set[str] = set()

    def __getattr__(self, name: str) -> object:
        value = getattr(self._program, name)
        if not isinstance(value, FunctionType):
            return value
        return self._functions.get(name) or self._functions.setdefault(name, self._recorded(value))

    def _recorded(self, function: FunctionType) -> Callable[..., object]:
        @functools.wraps(function)
        def call(*args: object, **kwargs: object) -> object:
            before = _random_states() if self._looks < self.RANDOM_BUDGET else None
            self._looks += 1
            self.tutor_last_result = MISSING
            start = time.thread_time()
            try:
                self.tutor_last_result = result = function(*args, **kwargs)
            finally:
                seconds = time.thread_time() - start
                used = _changed(before) if before else ()
                self.tutor_random_used.update(used)
                info = CallInfo(function.__name__, random_used=used, cpu_seconds=seconds)
                self.tutor_last_call = call.__dict__["tutor_last_call"] = info
            return result

        return call


def _random_states() -> dict[str, object]:
    return {
        "numpy": _numpy_state(),
        "random": random.getstate(),
        "torch": torch.get_rng_state().numpy().tobytes(),
    }


def _numpy_state() -> object:
    state = np.random.get_state(legacy=False)
    assert isinstance(state, dict)
    return state["state"]["pos"], state["state"]["key"].tobytes(), state["has_gauss"]


def _changed(before: dict[str, object]) -> tuple[str, ...]:
    after = _random_states()
    return tuple(name for name, state in before.items() if after[name] != state)
