"""What the editor's keys do to Python text, as pure functions on strings; knows no widget."""

from __future__ import annotations

from collections.abc import Callable, Sequence

ChangeLines = Callable[[Sequence[str]], list[str]]
"""Gives as many lines as it takes."""

_LEAVES_BLOCK = frozenset({"return", "pass", "raise", "break", "continue"})
_OPENING = "([{"
PAIRS = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'"}


def indentation(line: str) -> str:
    """The white space a line begins with."""
    return line[: len(line) - len(line.lstrip())]


def without_comment(line: str) -> str:
    """The line up to its comment; knows quotes, but not strings that span lines."""
    quote = ""
    for place, char in enumerate(line):
        if quote:
            if char == quote and line[place - 1 : place] != "\\":
                quote = ""
        elif char in "\"'":
            quote = char
        elif char == "#":
            return line[:place]
    return line


def next_indentation(before: str, width: int) -> str:
    """What the line after `before` (the line up to the cursor) should begin with."""
    indent, code = indentation(before), without_comment(before).strip()
    unit = "\t" if indent.startswith("\t") else " " * width
    if code.endswith((":", *_OPENING)):
        return indent + unit
    if code and code.split("(")[0].split()[0] in _LEAVES_BLOCK and _balanced(code):
        return indent.removesuffix(unit)
    return indent


def _balanced(code: str) -> bool:
    return sum(map(code.count, _OPENING)) == sum(map(code.count, ")]}"))


def backspace(before: str, width: int) -> int:
    """How many characters one backspace takes: to the previous stop inside indentation, else one."""
    if before and before == " " * len(before):
        return (len(before) - 1) % width + 1
    return 1


def indent(lines: Sequence[str], width: int) -> list[str]:
    """Every line one stop further right; empty lines stay empty."""
    return [" " * width + line if line.strip() else line for line in lines]


def dedent(lines: Sequence[str], width: int) -> list[str]:
    """Every line at most one stop further left."""
    return [_dedent(line, width) for line in lines]


def _dedent(line: str, width: int) -> str:
    if line.startswith("\t"):
        return line[1:]
    return line[min(width, len(line) - len(line.lstrip(" "))) :]


def toggle_comment(lines: Sequence[str]) -> list[str]:
    """Comment lines out at their common indentation, or in again when all of them are comments."""
    filled = [line for line in lines if line.strip()]
    if not filled:
        return list(lines)
    if all(line.lstrip().startswith("#") for line in filled):
        return [_comment_in(line) for line in lines]
    column = min(len(indentation(line)) for line in filled)
    return [line[:column] + "# " + line[column:] if line.strip() else line for line in lines]


def _comment_in(line: str) -> str:
    before, mark, after = line.partition("#")
    return before + after.removeprefix(" ") if mark else line


def gap(text: str) -> int:
    """The row of the first thing to do in a stub: its TODO, else the line that raises; 0 when there is none."""
    rows = text.split("\n")
    for mark in ("# TODO", "raise NotImplementedError"):
        for row, line in enumerate(rows):
            if line.lstrip().startswith(mark):
                return row
    return 0


def matches(text: str, needle: str) -> list[tuple[int, int]]:
    """Where a text occurs, as (row, column); upper and lower case differ only when the needle has upper case."""
    if not needle:
        return []
    fold = needle == needle.lower()
    found = []
    for row, line in enumerate(text.split("\n")):
        where = line.lower() if fold and len(line.lower()) == len(line) else line
        column = where.find(needle)
        while column >= 0:
            found.append((row, column))
            column = where.find(needle, column + len(needle))
    return found


def step_to(found: Sequence[tuple[int, int]], here: tuple[int, int], step: int) -> int:
    """The index of the match to go to from `here`: 0 the first at or behind it, 1 the next, -1 the previous."""
    at_or_behind = next((index for index, place in enumerate(found) if place >= here), len(found))
    on_match = at_or_behind < len(found) and found[at_or_behind] == here
    return (at_or_behind + (step if on_match else min(step, 0))) % len(found)
