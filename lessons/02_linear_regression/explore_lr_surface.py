"""Gradient descent on a bowl: too long a step diverges, a narrow bowl makes it zig-zag."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tutor.training import Axis, Figure, Line, Note, Scatter, knob

TITLE = "Learning rate on a loss surface"
TEACHES = (
    "The steepest direction has curvature L = 1, so steps longer than 2/L = 2 climb the walls. The flattest one has "
    "1/condition: it needs that many more steps. Scaling the features makes the bowl round; momentum helps where "
    "nobody can."
)

STEPS = 200
CURVATURE = 1.0
EDGE = 1.3


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    learning_rate: float = knob(0.5, 0.01, 4.0, log=True, help="length of a step: 2 is the limit without momentum")
    condition: float = knob(10.0, 1.0, 100.0, log=True, help="largest curvature over smallest: 1 is a round bowl")
    start: int = knob(20, 0, 90, step=5, help="direction of the start in degrees: 0 on the flat axis, 90 on the steep")
    momentum: float = knob(0.0, 0.0, 0.95, step=0.05, help="how much of the last step is kept in the next")


def draw(knobs: Knobs) -> Figure:
    """Contours with the path, and the loss per step."""
    flat = CURVATURE / knobs.condition
    path = descend(flat, knobs)
    losses = [0.5 * (flat * x * x + CURVATURE * y * y) for x, y in path]
    limit = 2 * (1 + knobs.momentum) / CURVATURE
    diverges = knobs.learning_rate > limit
    bowl = Figure(
        (
            *(Line(*ellipse(flat, level), role="muted", marker="·", every=1) for level in levels(flat)),
            Line([x for x, _ in path], [y for _, y in path], "path", "mine"),
            Scatter([x for x, _ in path[:40]], [y for _, y in path[:40]], role="mine", marker="•"),
            Scatter([path[0][0]], [path[0][1]], "start", "reference", "○"),
            Scatter([0.0], [0.0], "minimum", "good", "+"),
        ),
        "the bowl from above",
        Axis("flat direction", low=-EDGE, high=EDGE),
        Axis(low=-EDGE, high=EDGE),
    )
    shown = [loss for loss in losses if loss > 1e-12]
    curve = Figure(
        (Line(range(len(shown)), shown, f"at the end {losses[-1]:.2g}", "bad" if diverges else "mine"),),
        "loss (log)",
        Axis("step", low=0, high=STEPS),
        Axis(log=True, low=1e-12, high=1e3),
    )
    return Figure((Note(words(knobs, limit, flat), role="bad" if diverges else "text"),), panels=(bowl, curve))


def descend(flat: float, knobs: Knobs) -> list[tuple[float, float]]:
    """Points of $v \\leftarrow \\beta v + g$, $p \\leftarrow p - \\eta v$; ends early when it has flown away."""
    angle = math.radians(knobs.start)
    x, y, u, v = math.cos(angle), math.sin(angle), 0.0, 0.0
    path = [(x, y)]
    for _ in range(STEPS):
        u, v = knobs.momentum * u + flat * x, knobs.momentum * v + CURVATURE * y
        x, y = x - knobs.learning_rate * u, y - knobs.learning_rate * v
        path.append((x, y))
        if max(abs(x), abs(y)) > 1e6:
            break
    return path


def words(knobs: Knobs, limit: float, flat: float) -> str:
    """What happens at this setting, and why."""
    rate = knobs.learning_rate
    if rate > limit:
        return (
            f"η = {rate:.3g} is above the limit {limit:.3g}: every step along the steep axis is longer than the last."
        )
    if knobs.momentum:
        return f"η = {rate:.3g} is below the limit 2(1 + β)/L = {limit:.3g}: it converges, swinging."
    steep, slow = 1 - rate * CURVATURE, 1 - rate * flat
    zigzag = " The negative sign is the zig-zag." if steep < 0 else ""
    return f"A step multiplies the steep direction by {steep:.3g}, the flat one by {slow:.3g}.{zigzag}"


def levels(flat: float) -> list[float]:
    """Losses whose contours fit the picture."""
    top = 0.5 * (flat + CURVATURE)
    return [top * share for share in (0.1, 0.4, 0.85)]


def ellipse(flat: float, level: float) -> tuple[list[float], list[float]]:
    """The contour of that loss; outside the picture it is left out by the drawing."""
    angles = [2 * math.pi * i / 180 for i in range(181)]
    a, b = math.sqrt(2 * level / flat), math.sqrt(2 * level / CURVATURE)
    return [a * math.cos(t) for t in angles], [b * math.sin(t) for t in angles]
