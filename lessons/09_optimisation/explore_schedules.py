"""Learning-rate schedules as curves, with the rate at a cursor."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from tutor.training import Axis, Figure, Line, Note, Scatter, choice, knob

TITLE = "Learning-rate schedules"
TEACHES = (
    "Large early, small late: they differ in how long they stay large, and in whether they must know when training "
    "ends. A warm-up spares the first steps."
)


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    kind: str = choice(
        "cosine", "cosine", "inverse time", "step", "exponential", "linear", "noam", help="shape after the warm-up"
    )
    warmup: int = knob(100, 0, 500, step=20, help="steps of the climb")
    total: int = knob(1000, 200, 2000, step=100, help="steps of the whole training")
    lr_min: float = knob(0.0, 0.0, 0.5, step=0.05, help="where cosine and linear end, as a part of the maximum")
    cursor: int = knob(300, 0, 2000, step=20, help="the step to read the rate at")


def draw(knobs: Knobs) -> Figure:
    """The rate at each step as a part of its maximum, 1."""
    last = 2000
    shape = SHAPES[knobs.kind]
    rates = [rate(shape, step, knobs) for step in range(0, last + 1, 4)]
    here = rate(shape, knobs.cursor, knobs)
    area = sum(r for r, step in zip(rates, range(0, last + 1, 4), strict=True) if step <= knobs.total) * 4
    parts = (
        Line(range(0, last + 1, 4), rates, knobs.kind, "mine"),
        Scatter([knobs.cursor], [here], f"step {knobs.cursor}: {here:.3g}", "reference", "◆"),
        Scatter([knobs.total], [0], "total", "muted", "▲"),
    )
    note = Note(
        f"At step {knobs.cursor} the rate is {here:.3g} of its maximum. Over the {knobs.total} steps of training "
        f"the mean is {area / knobs.total:.2f}. {FORMULAS[knobs.kind]}"
    )
    return Figure((*parts, note), "learning rate / maximum", Axis("step", low=0, high=last), Axis(low=0, high=1.05))


def rate(shape: Callable[[float, Knobs], float], step: int, knobs: Knobs) -> float:
    """The climb, then the shape: it gets the steps since the top."""
    if step < knobs.warmup:
        return (step + 1) / knobs.warmup
    return shape(float(step - knobs.warmup), knobs)


def progress(since: float, knobs: Knobs) -> float:
    """From 0 at the top to 1 at the end, and 1 from there on."""
    return min(1.0, since / max(1, knobs.total - knobs.warmup))


SHAPES: dict[str, Callable[[float, Knobs], float]] = {
    "cosine": lambda s, k: k.lr_min + (1 - k.lr_min) * (1 + math.cos(math.pi * progress(s, k))) / 2,
    "linear": lambda s, k: k.lr_min + (1 - k.lr_min) * (1 - progress(s, k)),
    "inverse time": lambda s, k: 1 / (1 + 0.01 * s),
    "step": lambda s, k: 0.3 ** (s // 200),
    "exponential": lambda s, k: 0.997**s,
    "noam": lambda s, k: math.sqrt(max(1, k.warmup) / (max(1, k.warmup) + s)),
}

FORMULAS = {
    "cosine": "Half a period: slow, fast, slow. It must know the total.",
    "linear": "A straight line. It must know the total.",
    "inverse time": "1 / (1 + 0.01 n), n steps after the climb: quick at first, then slower and slower.",
    "step": "A factor 0.3 every 200 steps: the classic of image recognition.",
    "exponential": "A factor 0.997 in every step: soon nothing is left.",
    "noam": "Like one over the root of the step; its height depends on the warm-up. Turn it.",
}
