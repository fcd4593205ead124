"""Activations and their derivatives, side by side."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from tutor.training import Axis, Figure, Grid, Line, Note, Scatter, choice, knob

TITLE = "Activations and their derivatives"
TEACHES = (
    "In the shaded parts the derivative is below 0.05: a gradient that passes through is nearly lost. Sigmoid lets at "
    "most a quarter through, tanh all of it but only near 0, ReLU all or nothing."
)

EDGE = 5.0
POINTS = 200
SATURATED = 0.05
F = Callable[[float, float], float]


def sigmoid(x: float) -> float:
    """Without overflow on either side."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def normal_cdf(x: float) -> float:
    """Φ, the distribution function of the standard normal."""
    return 0.5 * (1 + math.erf(x / math.sqrt(2)))


def normal_pdf(x: float) -> float:
    """φ, its density."""
    return math.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)


FUNCTIONS: dict[str, tuple[F, F, str]] = {
    "sigmoid": (lambda x, a: sigmoid(x), lambda x, a: sigmoid(x) * (1 - sigmoid(x)), "range (0, 1); slope ≤ 0.25"),
    "tanh": (lambda x, a: math.tanh(x), lambda x, a: 1 - math.tanh(x) ** 2, "range (-1, 1); slope ≤ 1"),
    "relu": (lambda x, a: max(0.0, x), lambda x, a: float(x > 0), "range [0, ∞); dead where x < 0"),
    "leaky": (
        lambda x, a: x if x > 0 else a * x,
        lambda x, a: 1.0 if x > 0 else a,
        "never quite dead: slope α for x < 0",
    ),
    "elu": (
        lambda x, a: x if x > 0 else a * math.expm1(x),
        lambda x, a: 1.0 if x > 0 else a * math.exp(x),
        "range (-α, ∞)",
    ),
    "gelu": (
        lambda x, a: x * normal_cdf(x),
        lambda x, a: normal_cdf(x) + x * normal_pdf(x),
        "x Φ(x): dips below 0, slope up to 1.13",
    ),
    "silu": (
        lambda x, a: x * sigmoid(x),
        lambda x, a: sigmoid(x) * (1 + x * (1 - sigmoid(x))),
        "x σ(x): dips to -0.28, slope up to 1.1",
    ),
    "softplus": (
        lambda x, a: max(x, 0) + math.log1p(math.exp(-abs(x))),
        lambda x, a: sigmoid(x),
        "log(1 + eˣ): its slope is the sigmoid",
    ),
}


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    function: str = choice("sigmoid", *FUNCTIONS, help="which activation")
    alpha: float = knob(0.2, 0.0, 2.0, step=0.05, help="slope of leaky for x < 0; height of elu's floor")
    x: float = knob(1.0, -EDGE, EDGE, step=0.25, help="where to read both values")


def draw(knobs: Knobs) -> Figure:
    """The function on the left, its derivative on the right, the saturated part shaded in both."""
    f, slope, facts = FUNCTIONS[knobs.function]
    xs = [-EDGE + 2 * EDGE * i / (POINTS - 1) for i in range(POINTS)]
    ys, ds = [f(x, knobs.alpha) for x in xs], [slope(x, knobs.alpha) for x in xs]
    flat = [float(abs(d) < SATURATED) for d in ds]
    y, d = f(knobs.x, knobs.alpha), slope(knobs.x, knobs.alpha)
    left = panel("f(x)", xs, ys, flat, knobs.x, y, (-1.5, 5.0) if max(ys) > 1.5 else (-1.2, 1.2), "mine")
    right = panel("f′(x)", xs, ds, flat, knobs.x, d, (-0.2, 1.25), "third")
    share = sum(flat) / len(flat)
    words = f"{knobs.function}: {facts}. Saturated on {share:.0%} of this picture."
    return Figure((Note(words),), panels=(left, right))


def panel(
    name: str,
    xs: list[float],
    ys: list[float],
    flat: list[float],
    x: float,
    y: float,
    span: tuple[float, float],
    role: str,
) -> Figure:
    """One curve over the shaded part, with the cursor."""
    low, high = min(span[0], *ys), max(span[1], *ys) if max(ys) < 2 * span[1] else span[1]
    shade = Grid((flat,), (-EDGE, EDGE), (low, high))
    cursor = Line((x, x), (low, high), role="muted")
    point = Scatter((x,), (y,), f"at x = {x:g}: {y:.4f}", "reference", "◆")
    return Figure((shade, cursor, Line(xs, ys, role=role), point), name, Axis("x"), Axis(low=low, high=high))
