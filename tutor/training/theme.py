"""Colours by role. A theme is handed to `plot.render`; nobody else decides on hues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from tutor.training.figure import Role

Colour = int | tuple[int, int, int] | None
"""An index into the terminal's palette (so that the user's own colours are respected), 24-bit RGB, or none at all."""


@dataclass(frozen=True, slots=True)
class Theme:
    """One colour a role. The defaults are the terminal's own sixteen colours; axes keep the terminal's text colour."""

    mine: Colour = 12
    reference: Colour = 11
    third: Colour = 13
    fourth: Colour = 14
    fifth: Colour = 9
    good: Colour = 10
    bad: Colour = 9
    muted: Colour = 8
    text: Colour = None

    def of(self, role: Role) -> Colour:
        """The colour of a role."""
        colour: Colour = getattr(self, role)
        return colour


TERMINAL = Theme()
ROLES: tuple[Role, ...] = get_args(Role)


def from_hex(**roles: str) -> Theme:
    """A theme from `#rrggbb` strings; any other role or text (`ansi_blue`) keeps the terminal's colour."""
    known: dict[str, Colour] = {}
    for role, text in roles.items():
        digits = text.lstrip("#")[:6]
        if text.startswith("#") and len(digits) == 6:
            known[role] = (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16))
    return Theme(**known)


def paint(text: str, colour: Colour, *, bold: bool = False) -> str:
    """`text` wrapped in ANSI escapes."""
    codes = ["1"] if bold else []
    if isinstance(colour, int):
        codes.append(f"38;5;{colour}")
    elif colour is not None:
        codes.append("38;2;{};{};{}".format(*colour))
    return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if codes and text else text
