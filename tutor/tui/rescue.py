"""Saving what was typed when the app is told to stop, or ends because of an error. Asks nobody anything.

Owns the signals SIGTERM, SIGHUP (the window was closed) and SIGINT while the app runs.
"""

from __future__ import annotations

import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable

_SIGNALS = ("SIGTERM", "SIGHUP", "SIGINT")


@runtime_checkable
class Rescues(Protocol):
    """A screen that may hold something that is not saved."""

    def rescue(self) -> None:
        """Save it somewhere, without a question and without overwriting anything."""


def rescue_all(screens: Iterable[object]) -> None:
    """Save what every screen holds; one that fails must not keep the others from it."""
    for screen in screens:
        if isinstance(screen, Rescues):
            with suppress(Exception):
                screen.rescue()


def on_stop(loop: asyncio.AbstractEventLoop, stop: Callable[[], object]) -> Callable[[], None]:
    """Call `stop` when a signal tells the program to end; returns what brings the former handlers back."""
    former: dict[int, object] = {}
    for name in _SIGNALS:
        number = getattr(signal, name, None)
        if number is None:
            continue
        before = signal.getsignal(number)
        # Not on Windows, not in a thread: there the program ends as any other would.
        with suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, stop)
            former[number] = before

    def restore() -> None:
        for number, before in former.items():
            with suppress(NotImplementedError, RuntimeError, ValueError, TypeError):
                loop.remove_signal_handler(number)
                signal.signal(number, before)  # type: ignore[arg-type]  # what getsignal gave fits signal

    return restore
