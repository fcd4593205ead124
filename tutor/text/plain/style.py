"""How plain printing looks: with or without colour, with or without Unicode. Decides nothing about content."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from tutor.text.mathtext.width import width

Face = Literal["heading", "strong", "em", "code", "math", "link", "dim", "good", "careful"]

_CODES: dict[Face, str] = {
    "heading": "1;36", "strong": "1", "em": "3", "code": "36", "math": "33", "link": "4", "dim": "2", "good": "32",
    "careful": "31",
}  # fmt: skip
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_ASCII = str.maketrans({
    "─": "-", "═": "=", "│": "|", "•": "*", "–": "-", "—": "--", "…": "...", "“": '"', "”": '"', "‘": "'", "’": "'",
    "×": "x", "−": "-", "→": "->", "←": "<-", "⇒": "=>", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "✓": "ok", "✗": "x",
    "·": ".", "▶": ">", "√": "sqrt", "∑": "sum", "∞": "inf", "½": "1/2", "°": " deg", "\u00a0": " ", "●": "*", "○": "o",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Style:
    """What the reader's terminal can show."""

    columns: int = 76
    color: bool = False
    unicode: bool = True

    def paint(self, face: Face, text: str) -> str:
        """Give a text its face, when there is colour."""
        return f"\x1b[{_CODES[face]}m{text}\x1b[0m" if self.color and text else text

    def rule(self, columns: int, char: str = "─") -> str:
        """A horizontal line."""
        return char * columns


def visible(text: str) -> int:
    """The columns of a text that may hold colour codes."""
    return width(_ANSI.sub("", text))


def to_ascii(text: str) -> str:
    """Write a text with ASCII alone: the usual replacements, letters without accents, `?` for the rest."""
    plain = unicodedata.normalize("NFKD", text.translate(_ASCII))
    kept = (char for char in plain if not unicodedata.combining(char))
    return "".join(kept).encode("ascii", "replace").decode("ascii")
