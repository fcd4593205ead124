"""Cleaning and tokenising: the first two steps from a file of text to numbers."""

from __future__ import annotations

import re


def clean_lines(text: str) -> list[str]:
    """One entry a line: runs of anything but the letters a–z and A–Z become one space; stripped, in lower case."""
    return [re.sub("[^A-Za-z]+", " ", line).strip().lower() for line in text.splitlines()]


def normalize_nmt(text: str) -> str:
    """Lower case, ordinary spaces, and a space before each , . ! ? unless there is one (or nothing) before it."""
    text = text.replace("\u202f", " ").replace("\xa0", " ").lower()  # narrow and ordinary no-break space
    return re.sub("(?<=[^ ])[,.!?]", r" \g<0>", text)  # looks back without consuming: in "..." each dot gets one


def tokenize(lines: list[str], level: str = "word") -> list[list[str]]:
    """One list of tokens for each line: words between white space, or single characters.

    Raises:
        ValueError: level is neither "word" nor "char".
    """
    if level == "word":
        return [line.split() for line in lines]
    if level == "char":
        return [list(line) for line in lines]
    raise ValueError(f'level must be "word" or "char", not {level!r}')
