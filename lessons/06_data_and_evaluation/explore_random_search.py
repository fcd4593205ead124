"""Grid versus random search: where a handful of trials land on two hyper-parameters, and what they find."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from tutor.training import Axis, Figure, Grid, Note, Scatter, choice, knob

TITLE = "Grid versus random search"
TEACHES = (
    "Sixteen grid points try four learning rates, sixteen random ones try sixteen. Only the important axis counts, and "
    "nobody knows beforehand which it is. Drawn on a linear scale, nine rates in ten lie in the last decade."
)

LOW, HIGH = -4.0, 0.0
COLUMNS, ROWS = 48, 24
Point = tuple[float, float]
"""(logarithm of the learning rate, momentum)"""


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    side: int = knob(4, 2, 7, help="trials: side times side")
    scale: str = choice("log", "log", "linear", help="how learning rates are spread")
    important: str = choice("rate", "rate", "momentum", "both", help="what the result depends on")
    place: int = knob(0, 0, 20, help="where the optimum lies")
    seed: int = knob(0, 0, 20, help="other random trials")


def draw(knobs: Knobs) -> Figure:
    """Both designs over the same response; dark is good."""
    panels, found = [], []
    for name, points in (("grid", grid(knobs)), ("random", randoms(knobs))):
        values = [response(knobs, *point) for point in points]
        best = values.index(max(values))
        found.append(values[best])
        panels.append(picture(knobs, f"{name}: best {values[best]:.3f}", points, best))
    return Figure((Note(words(knobs, *found)), Note(counts(knobs))), panels=tuple(panels))


def picture(knobs: Knobs, title: str, points: list[Point], best: int) -> Figure:
    """One design: the response as shades, the trials as circles, the best one filled."""
    cells = [
        [response(knobs, LOW + (i + 0.5) * (HIGH - LOW) / COLUMNS, (j + 0.5) / ROWS) for i in range(COLUMNS)]
        for j in range(ROWS)
    ]
    others = [point for i, point in enumerate(points) if i != best]
    parts = (
        Grid(cells, (LOW, HIGH), (0.0, 1.0), kind="heat"),
        Scatter([u for u, _ in others], [v for _, v in others], "trial", "mine", "○"),
        Scatter([points[best][0]], [points[best][1]], "best", "reference", "◆"),
    )
    ticks = tuple((float(e), f"1e{e}") for e in range(-4, 1))
    across = Axis("learning rate →   momentum ↑", low=LOW, high=HIGH, ticks=ticks)
    return Figure(parts, title, across, Axis(low=0, high=1))


def response(knobs: Knobs, u: float, v: float) -> float:
    """An accuracy: a ridge along the axis that does not matter, or a hill."""
    rng = random.Random(knobs.place + 1)
    top_u, top_v = rng.uniform(LOW + 0.6, HIGH - 0.6), rng.uniform(0.1, 0.9)
    du = ((u - top_u) / 0.55) ** 2 if knobs.important != "momentum" else ((u - top_u) / 12) ** 2
    dv = ((v - top_v) / 0.14) ** 2 if knobs.important != "rate" else ((v - top_v) / 3) ** 2
    return 0.5 + 0.45 * math.exp(-(du + dv) / 2)


def rate(knobs: Knobs, share: float) -> float:
    """The logarithm of the rate at a share of the way from the lowest to the highest."""
    if knobs.scale == "log":
        return LOW + share * (HIGH - LOW)
    return math.log10(10**LOW + share * (10**HIGH - 10**LOW))


def grid(knobs: Knobs) -> list[Point]:
    """side × side points, in the middles of equal parts."""
    shares = [(i + 0.5) / knobs.side for i in range(knobs.side)]
    return [(rate(knobs, a), b) for a in shares for b in shares]


def randoms(knobs: Knobs) -> list[Point]:
    """As many points, each drawn alone."""
    rng = random.Random(1000 + knobs.seed)
    return [(rate(knobs, rng.random()), rng.random()) for _ in range(knobs.side**2)]


def words(knobs: Knobs, on_grid: float, at_random: float) -> str:
    """Who won here; the best anywhere is 0.95."""
    trials = knobs.side**2
    if abs(on_grid - at_random) < 0.01:
        return f"{trials} trials each, and a draw. The best anywhere is 0.950."
    winner = "Random search" if at_random > on_grid else "The grid"
    return f"{trials} trials each. {winner} came nearer to the best, 0.950."


def counts(knobs: Knobs) -> str:
    """How many different values each design tries, and where."""
    small = sum(u < -1 for u, _ in randoms(knobs))
    return f"Rates tried: {knobs.side} by the grid, {knobs.side**2} at random, {small} of these below 0.1."
