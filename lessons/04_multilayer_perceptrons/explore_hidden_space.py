"""XOR as the input shows it, and as two hidden units see it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from tutor.training import Axis, Figure, Line, Note, Scatter, choice, knob

TITLE = "What the hidden layer sees"
TEACHES = (
    "While the joins of ○ and of ● cross, no line parts the classes. A linear hidden layer shears and turns the "
    "picture, never uncrosses them. A ReLU folds it."
)

CORNERS = ((0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0))  # the first two are class 0, the last two class 1
STEPS = 24
Point = tuple[float, float]


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    activation: str = choice("relu", "relu", "identity", "tanh", "sigmoid", help="of both hidden units")
    w11: float = knob(1.0, -2.0, 2.0, step=0.25, help="unit 1: weight of x1")
    w12: float = knob(1.0, -2.0, 2.0, step=0.25, help="unit 1: weight of x2")
    w21: float = knob(1.0, -2.0, 2.0, step=0.25, help="unit 2: weight of x1")
    w22: float = knob(1.0, -2.0, 2.0, step=0.25, help="unit 2: weight of x2")
    b2: float = knob(-1.0, -2.0, 2.0, step=0.25, help="unit 2: bias (unit 1 has none)")


def bend(z: float, activation: str) -> float:
    """One of the four activations."""
    if activation == "relu":
        return max(z, 0.0)
    if activation == "tanh":
        return math.tanh(z)
    return 1 / (1 + math.exp(-z)) if activation == "sigmoid" else z


def hidden(knobs: Knobs, x: Point) -> Point:
    """Where the hidden layer puts a point of the plane."""
    first = knobs.w11 * x[0] + knobs.w12 * x[1]
    second = knobs.w21 * x[0] + knobs.w22 * x[1] + knobs.b2
    return bend(first, knobs.activation), bend(second, knobs.activation)


def draw(knobs: Knobs) -> Figure:
    """The square of the inputs on the left, its image on the right, the joins of both classes in each."""
    seen = [hidden(knobs, corner) for corner in CORNERS]
    left = panel("input: x1, x2", list(CORNERS), edges(lambda p: p))
    right = panel("hidden: a1, a2", seen, edges(lambda p: hidden(knobs, p)))
    return Figure((Note(verdict(seen)),), panels=(left, right))


def edges(move: object) -> list[Point]:
    """The outline of the unit square after `move`, in small steps, so that folds show."""
    assert callable(move)
    round_trip = (CORNERS[0], CORNERS[3], CORNERS[1], CORNERS[2], CORNERS[0])
    return [
        move((a[0] + (b[0] - a[0]) * i / STEPS, a[1] + (b[1] - a[1]) * i / STEPS))
        for a, b in pairwise(round_trip)
        for i in range(STEPS + 1)
    ]


def panel(name: str, points: list[Point], outline: list[Point]) -> Figure:
    """Four corners, the square's outline and the two joins."""
    spread = [c for p in (*points, *outline) for c in p]
    low, high = min(-0.3, min(spread) - 0.2), max(1.3, max(spread) + 0.2)
    zeros, ones = points[:2], points[2:]
    parts = (
        Line([p[0] for p in outline], [p[1] for p in outline], role="muted"),
        Line([p[0] for p in zeros], [p[1] for p in zeros], role="mine"),
        Line([p[0] for p in ones], [p[1] for p in ones], role="reference"),
        Scatter([p[0] for p in zeros], [p[1] for p in zeros], "XOR is 0", "mine", "○"),
        Scatter([p[0] for p in ones], [p[1] for p in ones], "XOR is 1", "reference", "●"),
    )
    return Figure(parts, name, Axis(low=low, high=high), Axis(low=low, high=high))


def verdict(seen: list[Point]) -> str:
    """Whether a line can part the classes now."""
    names = ("(0,0)", "(1,1)", "(0,1)", "(1,0)")
    places = ", ".join(f"{name} → ({p[0]:.2g}, {p[1]:.2g})" for name, p in zip(names, seen, strict=True))
    if joins_meet(*seen):
        return f"{places}. The joins meet: no line parts ○ from ●."
    return f"{places}. The joins do not meet: one line parts ○ from ●, and the output layer can draw it."


def joins_meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the segments from a to b and from c to d have a point in common."""
    sides = (turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b))
    if sides[0] * sides[1] < 0 and sides[2] * sides[3] < 0:
        return True
    return any((on(a, b, c), on(a, b, d), on(c, d, a), on(c, d, b)))


def turn(a: Point, b: Point, c: Point) -> float:
    """Positive when c lies to the left of the way from a to b, 0 on it."""
    area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return 0.0 if abs(area) < 1e-9 else area


def on(a: Point, b: Point, c: Point) -> bool:
    """Whether c lies on the segment from a to b."""
    between = all(min(a[i], b[i]) - 1e-9 <= c[i] <= max(a[i], b[i]) + 1e-9 for i in (0, 1))
    return turn(a, b, c) == 0 and between
