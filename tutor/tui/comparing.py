"""Two texts line by line: which lines belong together and which differ. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Pair:
    """One row of a comparison: line numbers from 0, None where the other side has more lines."""

    left: int | None
    right: int | None
    same: bool


def aligned(left: list[str], right: list[str]) -> list[Pair]:
    """Pair up the lines; white space at line ends makes no difference."""
    ours, theirs = ([line.rstrip() for line in lines] for lines in (left, right))
    pairs: list[Pair] = []
    for kind, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        for step in range(max(b - a, d - c)):
            one = a + step if a + step < b else None
            other = c + step if c + step < d else None
            pairs.append(Pair(one, other, kind == "equal"))
    return pairs


def differences(pairs: list[Pair]) -> list[int]:
    """The rows where a run of differing lines begins."""
    return [row for row, pair in enumerate(pairs) if not pair.same and (row == 0 or pairs[row - 1].same)]
