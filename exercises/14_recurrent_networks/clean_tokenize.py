"""Cleaning and tokenising: the first two steps from a file of text to numbers."""

from __future__ import annotations


def clean_lines(text: str) -> list[str]:
    """Split a text into lines and keep only letters.

    Args:
        text: any text, lines end as `str.splitlines` ends them.

    Returns:
        One entry for each line, empty ones too: every run of characters other than a–z and A–Z is one space, no space
        at either end, all in lower case.
    """
    # TODO: for each line: replace, strip, lower.
    raise NotImplementedError


def normalize_nmt(text: str) -> str:
    r"""Make punctuation ready to be a token of its own; nothing is removed.

    Args:
        text: sentences, perhaps with no-break spaces (\xa0, and the narrow \u202f of French).

    Returns:
        The text in lower case, each no-break space an ordinary one, and a space put before each , . ! ? that neither
        follows a space nor begins the text.
    """
    # TODO: replace the two special spaces, lower the case.
    # TODO: put the spaces in.
    raise NotImplementedError


def tokenize(lines: list[str], level: str = "word") -> list[list[str]]:
    """Cut every line into tokens.

    Args:
        lines: texts of one line each.
        level: "word" cuts at white space, "char" makes every character a token, spaces too.

    Returns:
        One list of tokens for each line; an empty line gives an empty list.

    Raises:
        ValueError: level is something else.
    """
    # TODO: the two levels, and the error.
    raise NotImplementedError
