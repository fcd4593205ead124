"""Fit a line by hand: what a loss measures, and what one outlier does to it."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tutor.training import Axis, Figure, Line, Note, Scatter, choice, knob, toggle

TITLE = "Fit a line by hand"
TEACHES = (
    "Turn w and b until the loss is smallest: no formula needed, only a number to go by. Then switch the outlier on. "
    "Under mse one point drags the best line along; l1 and huber hardly notice it, for their slope is bounded."
)

N = 24
W_TRUE, B_TRUE = 0.8, 1.0
OUTLIER = (2.6, -5.0)
DELTA = 1.0


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    w: float = knob(0.0, -2.0, 3.0, step=0.1, help="weight: the slope of the line")
    b: float = knob(0.0, -3.0, 5.0, step=0.2, help="bias: where the line crosses x = 0")
    noise: float = knob(0.6, 0.0, 2.0, step=0.1, help="how far the points lie from the truth w = 0.8, b = 1")
    loss: str = choice("mse", "mse", "l1", "huber", help="how residuals become one number")
    outlier: bool = toggle(False, help="one point far from all others")


def draw(knobs: Knobs) -> Figure:
    """Points, line and residuals; beside it the loss over w at this b."""
    xs, ys = points(knobs.noise, knobs.outlier)
    w, b = best(xs, ys, knobs.loss)
    now, least = mean_loss(xs, ys, knobs.w, knobs.b, knobs.loss), mean_loss(xs, ys, w, b, knobs.loss)
    residuals = tuple(Line((x, x), (y, knobs.w * x + knobs.b), role="bad") for x, y in zip(xs, ys, strict=True))
    ends = (-3.0, 3.0)
    data = Figure(
        (
            *residuals,
            Line(ends, tuple(knobs.w * x + knobs.b for x in ends), f"y = {knobs.w:g} x + {knobs.b:g}", "mine"),
            Scatter(xs, ys, "data", "reference", "●"),
        ),
        "residuals",
        Axis("x", low=-3, high=3),
        Axis(low=-6, high=6),
    )
    grid = [-2 + 0.05 * i for i in range(101)]
    curve = [mean_loss(xs, ys, v, knobs.b, knobs.loss) for v in grid]
    here = Scatter((knobs.w,), (now,), f"here {now:.3g}", "reference", "◆")
    slope = Figure((Line(grid, curve, knobs.loss, "mine"), here), "loss over w", Axis("w"), Axis(low=0))
    words = f"Loss {now:.4g}. The smallest possible is {least:.4g}, at w = {w:.2f}, b = {b:.2f}."
    return Figure((Note(words),), panels=(data, slope), shares=(3, 2))


def points(noise: float, outlier: bool) -> tuple[list[float], list[float]]:
    """The same points every time, but for the size of their noise."""
    rng = random.Random(7)
    xs = [-2.8 + 5.6 * i / (N - 1) for i in range(N)]
    ys = [W_TRUE * x + B_TRUE + noise * rng.gauss(0, 1) for x in xs]
    return ([*xs, OUTLIER[0]], [*ys, OUTLIER[1]]) if outlier else (xs, ys)


def one_loss(error: float, kind: str) -> float:
    """The loss of one residual."""
    size = abs(error)
    if kind == "mse":
        return size * size
    if kind == "l1":
        return size
    return 0.5 * size * size if size <= DELTA else DELTA * (size - 0.5 * DELTA)


def mean_loss(xs: list[float], ys: list[float], w: float, b: float, kind: str) -> float:
    """The mean over all points."""
    return sum(one_loss(y - w * x - b, kind) for x, y in zip(xs, ys, strict=True)) / len(xs)


def best(xs: list[float], ys: list[float], kind: str) -> tuple[float, float]:
    """The minimiser: least squares, repeated with weights 1/|error| until it is that of l1 or huber."""
    weights = [1.0] * len(xs)
    w = b = 0.0
    for _ in range(1 if kind == "mse" else 60):
        w, b = weighted_line(xs, ys, weights)
        errors = [max(1e-6, abs(y - w * x - b)) for x, y in zip(xs, ys, strict=True)]
        weights = [1 / e if kind == "l1" else min(1.0, DELTA / e) for e in errors]
    return w, b


def weighted_line(xs: list[float], ys: list[float], weights: list[float]) -> tuple[float, float]:
    """Weighted least squares in one variable."""
    total = sum(weights)
    x_mean = sum(a * x for a, x in zip(weights, xs, strict=True)) / total
    y_mean = sum(a * y for a, y in zip(weights, ys, strict=True)) / total
    up = sum(a * (x - x_mean) * (y - y_mean) for a, x, y in zip(weights, xs, ys, strict=True))
    down = sum(a * (x - x_mean) ** 2 for a, x in zip(weights, xs, strict=True))
    return up / down, y_mean - up / down * x_mean
