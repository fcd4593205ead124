"""What a call costs. Never in absolute seconds: a check compares with a baseline on the same machine, at the time."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from tutor.checks.arguments import Arguments
from tutor.checks.calls import last_call
from tutor.checks.failure import CheckFailure, Words

Function = Callable[..., object]


@dataclass(frozen=True, slots=True)
class Measure:
    """One call: its result, its CPU seconds, and the most bytes it held at once beyond its arguments."""

    value: object
    cpu_seconds: float
    peak_bytes: int


def measure(fn: Function, *args: object, **kwargs: object) -> Measure:
    """Call `fn` with these very arguments and measure it. A proxy measures in the process where the function runs."""
    remote = getattr(fn, "tutor_measure", None)
    if remote is not None:
        value, seconds, peak = cast("tuple[object, float, int]", remote(*args, **kwargs))
        return Measure(value, seconds, peak)
    running = tracemalloc.is_tracing()
    if not running:
        tracemalloc.start()
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    start = time.thread_time()
    try:
        value = fn(*args, **kwargs)
        seconds = time.thread_time() - start
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        if not running:
            tracemalloc.stop()
    return Measure(value, seconds, max(0, peak))


def faster_than(fn: Function, baseline: Function, ratio: float, *args: object, **kwargs: object) -> None:
    """Raise CheckFailure unless `fn` takes less than `ratio` times the CPU time of `baseline`, best of several calls.

    Both get the same arguments in turn, so that a busy machine slows both. Only a clear miss fails: a first series that
    is too slow is measured again with more calls.
    """
    given = Arguments.of(fn, None, args, kwargs)
    ours = theirs = float("inf")
    for calls in (2, 5, 9):
        for _ in range(calls):
            ours = min(ours, _seconds(fn, given))
            theirs = min(theirs, _seconds(baseline, given))
        if ours < ratio * theirs:
            return
    times = _times(ours / max(theirs, 1e-9))
    raise CheckFailure(
        f"too slow: it takes {times} the time of the baseline, less than {_times(ratio)} is asked",
        kind="slow",
        input=given.as_dict(),
        expected=Words(f"less than {_times(ratio)} the time of {getattr(baseline, '__name__', 'the baseline')}"),
        got=Words(f"{times} its time"),
        call=given.call,
    )


def _times(value: float) -> str:
    return f"{value:.2g} times"


def _seconds(fn: Function, given: Arguments) -> float:
    arguments = given.duplicate()
    start = time.thread_time()
    arguments.apply(fn)
    here = time.thread_time() - start
    there = last_call(fn)
    return there.cpu_seconds if there and there.cpu_seconds is not None else here
