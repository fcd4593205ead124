"""From too stiff to too wild: bias and variance of polynomials, degree by degree, by the learner's own function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from tutor.training import Axis, Figure, Line, Log, Note, Scatter, Target, choice, knob

TITLE = "Under-fit, fit, over-fit"
USES = ("bias-variance",)
TARGET = Target("error_of_choice", "<=", 0.035, text="error of the degree with the smallest bias² + variance ≤ 0.035")
CURVES = ("total", "error_of_choice", "bias2", "variance")
LOG_AXIS = True

BREAK = (
    ("bias-variance", "results swapped"),
    ("bias-variance", "variance over x"),
    ("bias-variance", "one training set for all fits"),
    ("bias-variance", "a ridge penalty"),
)

TRUTHS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sine": lambda x: np.sin(np.pi * x),
    "cubic": lambda x: 2 * x**3 - x,
    "step": lambda x: np.sign(x),
}
Points = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    truth: str = choice("sine", *TRUTHS, help="what the points are drawn from")
    noise: float = knob(0.3, 0.0, 2.0, step=0.1, help="spread of the labels around the truth")
    points: int = knob(25, 5, 200, step=5, help="size of a training set")
    repeats: int = knob(300, 10, 1000, step=10, help="how many training sets are drawn for each degree")
    degrees: int = knob(12, 1, 15, help="the highest degree tried")


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """Nothing is trained step by step: each degree is fitted to many training sets, in closed form."""
    f = TRUTHS[knobs.truth]
    x_test = np.linspace(-0.95, 0.95, 77)  # (M,)
    parts: list[tuple[float, float]] = []
    log.total(knobs.degrees)  # the last step is the highest degree
    log.note(f"{knobs.points} points a set, noise {knobs.noise:g}, {knobs.repeats} sets a degree")

    def sample(rng: np.random.Generator) -> Points:
        x = rng.uniform(-1, 1, knobs.points)
        return x, f(x) + knobs.noise * rng.normal(size=knobs.points)

    with np.errstate(all="ignore"):
        for degree in range(knobs.degrees + 1):
            bias2, variance = mine.bias_variance(x_test, f, sample, degree, knobs.repeats, log.rng())
            parts.append((bias2, variance))
            log(degree, bias2=bias2, variance=variance, total=bias2 + variance)
            best = int(np.argmin([sum(pair) for pair in parts]))
            log(degree, error_of_choice=error(mine, sample, f, x_test, best, log.rng()))
            log.show(decomposition(parts))
            log.show(fits(mine, sample, f, x_test, degree, log.rng()))
    log.show(fits(mine, sample, f, x_test, best, log.rng()))
    log.note(f"Degree {best} has the smallest bias² + variance: {sum(parts[best]):.3f}")


def predict(mine: SimpleNamespace, data: Points, x_test: np.ndarray, degree: int) -> np.ndarray:
    """Least squares on the learner's features, predicted at x_test: (M,)."""
    w = np.linalg.lstsq(mine.poly_features(data[0], degree), data[1], rcond=None)[0]  # (degree + 1,)
    return np.asarray(mine.poly_features(x_test, degree) @ w)


def error(
    mine: SimpleNamespace,
    sample: Callable[[np.random.Generator], Points],
    f: Callable[[np.ndarray], np.ndarray],
    x_test: np.ndarray,
    degree: int,
    rng: np.random.Generator,
) -> float:
    """The mean squared distance from the truth, measured on fresh training sets."""
    return float(np.mean([(predict(mine, sample(rng), x_test, degree) - f(x_test)) ** 2 for _ in range(200)]))


def decomposition(parts: list[tuple[float, float]]) -> Figure:
    """Both parts of the error by degree, and their sum, on a logarithmic axis."""
    degrees = list(range(len(parts)))
    bias2, variance = ([max(pair[i], 1e-6) for pair in parts] for i in (0, 1))
    lines = (
        Line(degrees, [b + v for b, v in zip(bias2, variance, strict=True)], "sum", "muted"),
        Line(degrees, bias2, "bias²", "reference", "b", every=4),
        Line(degrees, variance, "variance", "mine", "v", every=4),
    )
    return Figure(lines, "error by degree (log)", Axis("degree", low=0), Axis(log=True))


def fits(
    mine: SimpleNamespace,
    sample: Callable[[np.random.Generator], Points],
    f: Callable[[np.ndarray], np.ndarray],
    x_test: np.ndarray,
    degree: int,
    rng: np.random.Generator,
) -> Figure:
    """A few fits of this degree, the truth, and the points of the last one."""
    lines = []
    for _ in range(6):
        data = sample(rng)
        lines.append(Line(x_test.tolist(), predict(mine, data, x_test, degree).clip(-3, 3).tolist(), role="muted"))
    truth = Line(x_test.tolist(), f(x_test).tolist(), "truth", "reference", "·", every=2)
    points = Scatter(data[0].tolist(), data[1].clip(-2.5, 2.5).tolist(), "points of one fit", "mine", "○")
    note = Note(f"Six fits of degree {degree}, each to other points.")
    frame = Axis("x", low=-1, high=1), Axis(low=-2.5, high=2.5)
    return Figure((*lines, truth, points, note), "six fits", *frame)
