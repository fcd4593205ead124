"""How wrong a numerical gradient is, for every width of the step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tutor.training import Axis, Figure, Line, Note, Scatter, choice, knob

TITLE = "The best step for a numerical gradient"
TEACHES = (
    "On the right the bend of the function is felt: the error falls with eps (one-sided) or eps squared (central). On "
    "the left the digits run out: round-off grows as eps shrinks. The best step lies in the valley between."
)

EXPONENTS = np.linspace(-15, 0, 91)
FLOOR = 1e-17
FUNCTIONS = {
    "exp": (lambda x: np.exp(x), lambda x: np.exp(x)),
    "sine": (lambda x: np.sin(x), lambda x: np.cos(x)),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2),
    "cube": (lambda x: x**3, lambda x: 3 * x**2),
    "relu": (lambda x: np.maximum(x, 0), lambda x: np.where(x > 0, 1.0, 0.0)),
}


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    function: str = choice("exp", *FUNCTIONS, help="whose slope is wanted")
    x: float = knob(1.0, -2.0, 2.0, step=0.01, help="where; for relu try 0.01: the kink is near")
    precision: str = choice("float64", "float64", "float32", help="what the function is computed in")
    exponent: int = knob(-5, -15, 0, help="read both errors at eps = 10 to this power")


def draw(knobs: Knobs) -> Figure:
    """Relative errors of the one-sided and of the central difference against the step, on log-log axes."""
    eps = 10.0**EXPONENTS  # (points,)
    one, two = errors(knobs, eps)
    mine, other = (float(e[0]) for e in errors(knobs, np.array([10.0**knobs.exponent])))
    best = eps[two.argmin()]
    words = (
        f"At eps = 1e{knobs.exponent}: one-sided {mine:.1e}, central {other:.1e}. "
        f"Best central step near {best:.0e}, with an error of {two.min():.0e}."
    )
    parts = (
        Line(eps.tolist(), one.tolist(), "one-sided", "reference", "·"),
        Line(eps.tolist(), two.tolist(), "central", "mine"),
        Scatter((10.0**knobs.exponent,), (max(other, FLOOR),), "", "good", "◆"),
        Note(words),
    )
    return Figure(parts, "relative error", Axis("eps", log=True), Axis(log=True, low=FLOOR, high=10.0))


def errors(knobs: Knobs, eps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(one-sided, central), each in the shape of eps, relative to the size of the true slope."""
    f, slope = FUNCTIONS[knobs.function]
    kind = np.dtype(knobs.precision).type
    x, step = kind(knobs.x), eps.astype(kind)
    true = float(slope(np.float64(knobs.x)))
    one = (f(x + step) - f(x)).astype(np.float64) / eps
    two = (f(x + step) - f(x - step)).astype(np.float64) / (2 * eps)
    size = abs(true) or 1.0
    return tuple(np.clip(np.abs(value - true) / size, FLOOR, None) for value in (one, two))
