"""Makes text of unknown origin harmless for the place it goes to, one function for each place.

Everything that learner code says or names passes one of these: a terminal (and JSON, which is read in terminals), a
cell of CSV, HTML and XML, Markdown, a command of a CI log. Knows nothing of grading.
"""

from __future__ import annotations

import html as _html
import re

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\ud800-\udfff]|[\U000e0000-\U000e0fff]"
)
"""C0 but tab and newline, DEL, C1, invisible and bidirectional marks, lone surrogates, tag characters."""

_FORMULA = "=+-@\t\r\n|%＝＋－＠"
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_FENCE = re.compile("`{3,}")


_COMMAND = re.compile(r"^([^\S\n]*)(::|##)", re.MULTILINE)
"""What a CI system obeys when it begins a line of a log."""


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code == 0x1B:
        return "␛"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def cut(text: str, limit: int) -> str:
    """Leave the middle out of a long text."""
    if len(text) <= limit:
        return text
    head, tail = limit * 2 // 3, limit // 3
    return f"{text[:head]} … ({len(text) - head - tail} characters left out) … {text[-tail:]}"


def terminal(text: str, limit: int = 4000) -> str:
    """For a terminal, the log of a CI system, or JSON: no codes, nothing invisible, no commands. Keeps its lines."""
    return _COMMAND.sub(r"\1\\\2", _CONTROL.sub(_visible, cut(text, limit).replace("\r\n", "\n")))


def line(text: str, limit: int = 300) -> str:
    """For one line of a terminal or a table."""
    return " ".join(terminal(text, limit).split())


def csv_cell(text: str, limit: int = 4000) -> str:
    """For a cell of CSV: never a formula in a spreadsheet. Quoting is left to `csv.writer`; numbers stay numbers."""
    clean = terminal(text, limit)
    risky = clean.lstrip(" \u00a0'\"")[:1] in tuple(_FORMULA) if clean.strip() else False
    return f"'{clean}" if risky and not _NUMBER.fullmatch(clean) else clean


def html(text: str, limit: int = 4000) -> str:
    """For HTML and XML, between tags and in quoted attributes."""
    return _html.escape(terminal(text, limit), quote=True)


def markdown(text: str, limit: int = 2000) -> str:
    """For a line of Markdown: every character that could mean something becomes an entity."""
    return _PUNCTUATION.sub(lambda found: f"&#{ord(found[0])};", line(text, limit))


def markdown_block(text: str, limit: int = 4000) -> str:
    """For a block of its own in Markdown: a fence that the text cannot close."""
    clean = terminal(text, limit)
    longest = max((len(found) for found in _FENCE.findall(clean)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}text\n{clean}\n{fence}"


def ci_message(text: str, limit: int = 1000) -> str:
    """For what follows `::error …::` in the log of GitHub Actions: it ends no line and so begins no other command."""
    return terminal(text, limit).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def ci_property(text: str, limit: int = 300) -> str:
    """For a property of such a command, as in `file=…`."""
    return ci_message(line(text, limit), limit).replace(":", "%3A").replace(",", "%2C")
