"""The table of positions as a heat map, and how a dot product depends on the distance of two positions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tutor.training import Axis, Figure, Grid, Line, Note, choice, knob, toggle
from tutor.training.figure import BRAILLE

TITLE = "Positional encoding"
TEACHES = (
    "Each pair of columns is a clock hand: the first one turns every 6 positions, the last one hardly at all. The dot "
    "product of two rows depends on their distance only. Put words on top, and only RoPE keeps that."
)


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    kind: str = choice("sinusoidal", "sinusoidal", "rope", help="added to the tokens, or rotating queries and keys")
    show: str = choice(
        "sines", "sines", "cosines", "table", help="every second column, or the whole table as it is used"
    )
    length: int = knob(48, 16, 128, step=16, help="number of positions shown")
    d: int = knob(32, 8, 64, step=8, help="width: d / 2 frequencies")
    base: float = knob(10000.0, 10.0, 100000.0, log=True, help="the longest wavelength is a little below 2π · base")
    start: int = knob(20, 0, 1000, step=10, help="second curve: the position from which distances are counted")
    words: bool = toggle(False, help="give query and key a content of their own beside their positions")


def draw(knobs: Knobs) -> Figure:
    """Heat map at the left, dot products at the right, wavelengths in words."""
    rates = knobs.base ** (-np.arange(0, knobs.d, 2) / knobs.d)  # (d/2,)
    angles = np.arange(knobs.length)[:, None] * rates  # (length, d/2)
    table = np.stack([np.sin(angles), np.cos(angles)], -1)  # (length, d/2, 2)
    cells = {"sines": table[..., 0], "cosines": table[..., 1], "table": table.reshape(knobs.length, knobs.d)}[
        knobs.show
    ]
    ranges = {"x_range": (0.0, float(cells.shape[1])), "y_range": (0.0, float(knobs.length))}
    title = {"sines": "sin i·ω", "cosines": "cos i·ω", "table": "sin, cos, sin, … of i·ω"}[knobs.show]
    column = Axis("column" if knobs.show == "table" else "pair of columns")
    left = Figure((Grid(cells.tolist(), kind="heat", **ranges),), f"{title}, darker is more", column, Axis("position"))
    return Figure(tuple(Note(text) for text in told(knobs, rates)), panels=(left, right(knobs, rates)), shares=(1, 1))


def right(knobs: Knobs, rates: np.ndarray) -> Figure:
    """Two curves, counted from position 0 and from `start`."""
    distance = np.arange(knobs.length)  # (length,)
    lines = []
    for first, role, marker in ((knobs.start, "reference", BRAILLE), (0, "mine", "●")):
        y = products(knobs, rates, first, distance).tolist()
        lines.append(Line(distance.tolist(), y, f"from {first}", role, marker))
    return Figure(tuple(lines), "score", Axis("distance"), Axis(low=None if knobs.words else -0.5))


def products(knobs: Knobs, rates: np.ndarray, first: int, distance: np.ndarray) -> np.ndarray:
    """The query stands at `first + distance`, the key at `first`; 1 is the product of a row with itself."""
    query, key = turns((first + distance)[:, None] * rates), turns(np.array([[first]]) * rates)
    if not knobs.words:
        return np.real(query * key.conj()).mean(1)  # (length,)
    q, k = content(knobs.d)
    if knobs.kind == "rope":
        return np.real((q * query) * (k * key).conj()).mean(1)  # (length,)
    return np.real((q + query) * (k + key).conj()).mean(1)  # (length,)


def turns(angles: np.ndarray) -> np.ndarray:
    """A pair of columns as one complex number of length 1, which turns with the position."""
    return np.exp(1j * angles)


def content(d: int) -> tuple[np.ndarray, np.ndarray]:
    """Query and key of two words that have something in common, as d / 2 complex numbers each."""
    rng = np.random.default_rng(5)
    shared, q, k = rng.normal(size=(3, d // 2, 2))  # (d/2, 2) each
    return tuple(((shared + 0.7 * own) / 1.2) @ np.array([1, 1j]) for own in (q, k))


def told(knobs: Knobs, rates: np.ndarray) -> list[str]:
    """Wavelengths, and what the two curves show."""
    waves = 2 * math.pi / rates
    full = int((waves <= knobs.length).sum())
    lines = [
        f"Wavelengths {waves[0]:.1f} … {waves[-1]:,.0f} positions; {full} of {knobs.d // 2} pairs turn fully in "
        f"{knobs.length} positions."
    ]
    if not knobs.words:
        return [*lines, "Both curves are one: cosines of the distance alone, whatever the start."]
    if knobs.kind == "rope":
        return [*lines, "RoPE: query and key turn together, so the score still depends on the distance alone."]
    return [*lines, "Words + positions: the same distance, another start, another score."]
