"""Plain output for commands: the answer to stdout, the narration to stderr, colour only where it is welcome.

Owns encoding fallbacks and the decision about colour. It prints what it is given and knows nothing of courses.
A stream that is closed or cannot show a character never ends a command.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # importing `typing` to ask would cost each command 4 ms
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from tutor.text.plain import Style

_COLORS = {"green": "32", "red": "31", "yellow": "33", "cyan": "36", "dim": "2", "bold": "1"}
_MARKS = {"passed": ("✓", "ok"), "failed": ("✗", "x"), "other": ("·", "-"), "arrow": ("→", "->")}


def prepare_streams() -> None:
    """Make stdout and stderr replace what their encoding cannot show (cp1252, ASCII) instead of raising."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def say(text: str = "", *, end: str = "\n") -> None:
    """One piece of the answer, on stdout, shown at once."""
    _write(sys.stdout, text + end)


def note(text: str) -> None:
    """One sentence of narration, on stderr; on a terminal no line ends within a word."""
    if sys.stderr is not None and sys.stderr.isatty():
        text = _wrapped(text)
    _write(sys.stderr, text + "\n")


def say_json(value: object) -> None:
    """The answer for a program: one line of JSON in ASCII, so that no encoding can break it."""
    import json

    say(json.dumps(value, allow_nan=False))


def colored(stream: TextIO | None = None) -> bool:
    """True when the stream is a terminal that shows colours and the user has not declined them."""
    stream = stream or sys.stdout
    if stream is None or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def paint(text: str, *styles: str) -> str:
    """The text in these styles on a colour terminal, else the text itself. Colour is never the only signal."""
    if not text or not colored():
        return text
    return f"\x1b[{';'.join(_COLORS[s] for s in styles)}m{text}\x1b[0m"


def text_style() -> Style:
    """How course texts are to be printed on this stdout."""
    from tutor.text.plain import Style, style_for

    return Style() if sys.stdout is None else style_for(sys.stdout, color=colored())


def mark(name: str) -> str:
    """✓, ✗, · or → where stdout can show them, else words in ASCII."""
    fancy, plain = _MARKS.get(name, _MARKS["other"])
    return fancy if _shows(fancy) else plain


def progress_bar(done: int, total: int, width: int = 20) -> str:
    """A bar of `width` characters, full when all is done and only then."""
    full, empty = ("█", "░") if _shows("█░") else ("#", ".")
    filled = width * done // total if total else 0
    return full * filled + empty * (width - filled)


def fitted(line: str, margin: int = 0) -> str:
    """The line, cut off with … where a terminal would break it; a pipe gets all of it."""
    if sys.stdout is None or not sys.stdout.isatty():
        return line
    try:
        room = os.get_terminal_size(sys.stdout.fileno()).columns - margin
    except (OSError, ValueError):
        return line
    end = "…" if _shows("…") else "."
    return line if len(line) <= room or room < 20 else line[: room - 1] + end


def _shows(text: str) -> bool:
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _wrapped(text: str) -> str:
    from textwrap import fill

    try:
        columns = os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        return text
    if columns < 10:
        return text
    lines = text.split("\n")
    return "\n".join(fill(line, columns, break_long_words=False, break_on_hyphens=False) for line in lines)


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:  # started with the stream closed: `tutor list >&-`
        return
    stream.write(text)
    stream.flush()
