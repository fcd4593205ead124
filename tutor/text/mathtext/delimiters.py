"""Tall brackets from box-drawing characters, which join without gaps in every terminal font."""

from __future__ import annotations

from tutor.text.mathtext.box import Box, box_of

_PARTS = {
    "(": "╭│╰", ")": "╮│╯", "[": "┌│└", "]": "┐│┘", "⌊": "││└", "⌋": "││┘", "⌈": "┌││", "⌉": "┐││",
    "|": "│││", "‖": "║║║", "{": "╭│╰", "}": "╮│╯", "↑": "↑││", "↓": "││↓",
}  # fmt: skip
_WAIST = {"{": "┤", "}": "├"}


def tall(bracket: str, height: int, base: int) -> Box:
    """Draw a bracket over so many rows; one that has no tall form stands on the baseline."""
    if not bracket:
        return Box(("",) * height, base, 0)
    if bracket in "⟨⟩":
        return box_of(_angle(bracket, height), base)
    if bracket in "/\\":
        return box_of(_slash(bracket, height), base)
    if bracket not in _PARTS:
        return box_of([bracket if i == base else "" for i in range(height)], base)
    parts = _PARTS[bracket]
    rows = [parts[0], *[parts[1]] * (height - 2), parts[2]]
    if bracket in _WAIST and height > 2:
        rows[height // 2] = _WAIST[bracket]
    return box_of(rows, base)


def _angle(bracket: str, height: int) -> list[str]:
    """An angle of diagonals, half as wide as it is high; an odd height has its tip in the middle row."""
    half = height // 2
    columns = half + height % 2
    rows = []
    for i in range(height):
        tip = height % 2 == 1 and i == half
        inset = columns - 1 - i if i < half else i - (height - columns)
        rows.append(" " * inset + ("⟨" if tip else "╱" if i < half else "╲"))
    if bracket == "⟨":
        return rows
    flip = str.maketrans("╱╲⟨", "╲╱⟩")
    return [row.translate(flip).strip().rjust(columns - (len(row) - 1)) for row in rows]


def _slash(bracket: str, height: int) -> list[str]:
    return [" " * (height - 1 - i if bracket == "/" else i) + ("╱" if bracket == "/" else "╲") for i in range(height)]
