"""The space between neighbours in a row, after TeX's table of atoms, in whole columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from tutor.text.mathtext.nodes import Class

Edge = Class | Literal["sign"]
"""A class as it acts at one end of a part; `sign` is a + or − that belongs to what follows."""

_WORDS = frozenset({"word", "fn", "big"})
_NO_OPERAND = frozenset({"bin", "rel", "open", "punct", "fn", "big", "sign"})


@dataclass(frozen=True, slots=True)
class Edges:
    """How a part behaves towards its left and right neighbour."""

    left: Edge
    right: Edge


ORD = Edges("ord", "ord")
BRACKETED = Edges("open", "close")
INNER = Edges("inner", "inner")


def gaps(parts: Sequence[Edges], *, tight: bool) -> list[int]:
    """Give for each part the columns to leave free before it; `tight` is the spacing of scripts."""
    signed = _signs(parts)
    found = [0] if signed else []
    return found + [_gap(a.right, b.left, tight) for a, b in pairwise(signed)]


def _signs(parts: Sequence[Edges]) -> list[Edges]:
    """Turn binary operators that have no operand on one side into signs."""
    result: list[Edges] = []
    before: Edge | None = None
    for i, part in enumerate(parts):
        if part.left == "bin":
            after = next((p.left for p in parts[i + 1 :] if p.left != "space"), None)
            if before is None or before in _NO_OPERAND or after in (None, "rel", "close", "punct"):
                part = Edges("sign" if before in (None, "open") else "ord", "sign")
        result.append(part)
        if part.right != "space":
            before = part.right
    return result


def _gap(left: Edge, right: Edge, tight: bool) -> int:
    if "space" in (left, right):
        return 0
    if tight:
        return int(_words_touch(left, right))
    if left == "sign":
        return int(right == "inner")
    if "rel" in (left, right):
        return int(left != right and left != "open" and right != "close")
    if left == "open" or right in ("close", "punct"):
        return 0
    if "bin" in (left, right) or left == "punct":
        return 1
    if right == "open":
        return int(left in ("inner", "big"))
    return int("inner" in (left, right) or left in _WORDS or right in _WORDS)


def _words_touch(left: Edge, right: Edge) -> bool:
    letters = ("ord", "word", "fn", "big")
    return (left in ("word", "fn") and right in letters) or (left in (*letters, "close") and right in ("word", "fn"))
