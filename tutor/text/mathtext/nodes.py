"""The parts of a parsed formula. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Class = Literal["ord", "word", "fn", "big", "bin", "rel", "open", "close", "punct", "inner", "space"]
"""Decides the space around a part, as in TeX. `word` is an upright name of several letters, `inner` a fraction."""


class MathError(ValueError):
    """TeX that this module does not understand; the message names the command or what is missing."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A letter, number, word or sign; `limits` when its scripts go above and below in a displayed formula."""

    text: str
    kind: Class = "ord"
    limits: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Parts side by side."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """A base with what stands low and high beside it, or below and above it with `limits`."""

    base: Node
    sub: Node | None
    sup: Node | None
    limits: bool = False


@dataclass(frozen=True, slots=True)
class Frac:
    """A fraction; a binomial coefficient is one without bar."""

    above: Node
    below: Node
    bar: bool = True


@dataclass(frozen=True, slots=True)
class Root:
    """A root; `index` is empty for the square root."""

    body: Node
    index: Node | None = None


@dataclass(frozen=True, slots=True)
class Fence:
    """Parts between two brackets that grow with them; an empty string is no bracket. `bars` are middle ones."""

    left: str
    right: str
    parts: tuple[Node, ...]
    bars: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Accent:
    """A mark over or under a body: `mark` is the combining character, `wide` the one drawn over several letters."""

    mark: str
    wide: str
    body: Node
    below: bool = False


@dataclass(frozen=True, slots=True)
class Brace:
    """A lying brace over or under a body, with its label."""

    body: Node
    label: Node | None
    below: bool


@dataclass(frozen=True, slots=True)
class Stack:
    """Something written over and under a base of the class `kind`; `stretch` draws an arrow as long as it."""

    base: Node
    above: Node | None
    below: Node | None
    kind: Class = "rel"
    stretch: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells between brackets; `align` holds one of l, c, r a column, its last one repeated."""

    rows: tuple[tuple[Node, ...], ...]
    align: str
    left: str = ""
    right: str = ""
    gap: int = 2


@dataclass(frozen=True, slots=True)
class Phantom:
    """The room that a body would take."""

    body: Node


@dataclass(frozen=True, slots=True)
class Tag:
    """The number of an equation."""

    text: str


Node: TypeAlias = Symbol | Row | Script | Frac | Root | Fence | Accent | Brace | Stack | Grid | Phantom | Tag
