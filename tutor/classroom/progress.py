"""Progress of a grading on stderr: a bar that moves on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import os
import sys
import time

from tutor.console import note, progress_bar

_MOVING, _LINES = 0.1, 30.0
"""Seconds between two updates of the bar, and between two lines where nothing can move."""


class Bar:
    """Call it with how many are done and how many there are."""

    def __init__(self, *, anybody: bool = True) -> None:
        self._anybody = anybody
        self._start = self._told = time.monotonic()
        self._open = False
        """Whether the cursor stands behind the bar."""

    def __call__(self, done: int, total: int) -> None:
        """Show it, if it is time to."""
        if total == 0:
            if self._anybody:
                note("Nothing has changed: every verdict is known.")
            return
        now, moving = time.monotonic(), _can_move()
        if done < total and now - self._told < (_MOVING if moving else _LINES):
            return
        self._told = now
        pace = _pace(done, total, now - self._start)
        if moving:
            self._draw(f"{done}/{total}{pace}", done, total)
        elif done:
            note(f"{done} of {total}{pace}")

    def end(self) -> None:
        """Leave the line, also when the work broke off."""
        if self._open and sys.stderr is not None:
            sys.stderr.write("\n")
        self._open = False

    def _draw(self, text: str, done: int, total: int) -> None:
        room = _columns() - 1
        width = min(20, room - len(text) - 1)
        line = f"{progress_bar(done, total, width)} {text}" if width >= 5 else text
        sys.stderr.write(f"\r\x1b[K{line[: max(room, 1)]}")
        sys.stderr.flush()
        self._open = True
        if done == total:
            self.end()


def _can_move() -> bool:
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def _pace(done: int, total: int, seconds: float) -> str:
    if not done or seconds < 1:
        return ""
    rate = done / seconds
    left = round((total - done) / rate)
    return f"  {60 * rate:.0f} a minute" + (f", {left // 60}:{left % 60:02} left" if done < total else "")
