"""How many columns a text takes, by the rules a terminal uses, without importing a table of them."""

from __future__ import annotations

import unicodedata


def width(text: str) -> int:
    """Count columns: combining marks take none, wide East Asian characters two."""
    return len(text) if text.isascii() else sum(map(_char, text))


def _char(char: str) -> int:
    if unicodedata.combining(char) or char in "\u200b\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def center(text: str, columns: int) -> str:
    """Put a text in the middle of so many columns; an odd column is left free on the right."""
    free = max(0, columns - width(text))
    return " " * (free // 2) + text + " " * (free - free // 2)


def left(text: str, columns: int) -> str:
    """Fill a text with spaces on the right."""
    return text + " " * max(0, columns - width(text))


def right(text: str, columns: int) -> str:
    """Fill a text with spaces on the left."""
    return " " * max(0, columns - width(text)) + text
