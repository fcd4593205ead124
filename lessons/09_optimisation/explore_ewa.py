"""An exponentially weighted average of a noisy series: how far it looks back, how late it comes, how it starts."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from tutor.training import Axis, Figure, Line, Note, Scatter, choice, knob, toggle

TITLE = "Exponentially weighted average"
TEACHES = (
    "A longer window is smoother and comes later. Without bias correction the average starts at 0 and needs two or "
    "three windows to recover."
)

LENGTH = 150


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    window: float = knob(10.0, 1.0, 100.0, log=True, help="1/(1 - β): about how many values count; β = 1 - 1/window")
    bias_correction: bool = toggle(True, help="divide by 1 - β^t, for what is read")
    signal: str = choice("season", "season", "jump", "constant", help="what lies under the noise")
    noise: float = knob(1.5, 0.0, 4.0, step=0.25, help="spread of the noise")


def draw(knobs: Knobs) -> Figure:
    """The series with its average; beside it the weight of each past value."""
    beta = 1 - 1 / knobs.window
    truth = [under(knobs.signal, t) for t in range(1, LENGTH + 1)]
    rng = random.Random(5)
    series = [value + knobs.noise * rng.gauss(0, 1) for value in truth]
    smooth = average(series, beta, corrected=knobs.bias_correction)
    times = range(1, LENGTH + 1)
    left = Figure(
        (
            Scatter(times, series, "values", "muted", "·"),
            Line(times, smooth, "average", "mine"),
        ),
        f"β = {beta:.3g}" + (", corrected" if knobs.bias_correction else ", not corrected"),
        Axis("t", low=0, high=LENGTH),
        Axis(low=0, high=20),
    )
    ages = range(60)
    weights = [(1 - beta) * beta**age if age or beta else 1.0 for age in ages]
    edge = (knobs.window, (1 - beta) * beta**knobs.window if beta else 0.0)
    right = Figure(
        (Line(ages, weights, "weight", "mine"), Scatter([edge[0]], [edge[1]], "one window back", "reference", "◆")),
        "weight of a value by its age",
        Axis("steps back", low=0, high=60),
        Axis(low=0, high=max(weights)),
    )
    return Figure((Note(words(beta, knobs)),), panels=(left, right), shares=(3, 2))


def under(signal: str, t: int) -> float:
    """The value without noise."""
    if signal == "season":
        return 10 + 5 * math.sin(2 * math.pi * t / LENGTH - 1)
    return (6.0 if t < 60 else 14.0) if signal == "jump" else 10.0


def average(series: list[float], beta: float, *, corrected: bool) -> list[float]:
    """The recursion; what is read is corrected, what is carried on is not."""
    v, out = 0.0, []
    for t, value in enumerate(series, 1):
        v = beta * v + (1 - beta) * value
        out.append(v / (1 - beta**t) if corrected else v)
    return out


def words(beta: float, knobs: Knobs) -> str:
    """What the numbers say."""
    if not beta:
        return "β = 0: no memory, the average is the value itself."
    share = beta**knobs.window
    noise = math.sqrt((1 - beta) / (1 + beta))
    return (
        f"A value {knobs.window:.3g} steps old weighs {share:.2f} of the newest one (the limit is 1/e = 0.37). "
        f"The noise of the average is {noise:.2f} of that of a value, in the long run; "
        f"it comes about β/(1 - β) = {beta / (1 - beta):.3g} steps late."
    )
