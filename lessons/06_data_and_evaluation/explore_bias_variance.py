"""Polynomial degree: twenty fits to twenty training sets, and what their error is made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tutor.training import Axis, Bars, Figure, Line, Note, knob

TITLE = "Polynomial degree"
TEACHES = (
    "A low degree is wrong in the same way every time: bias. A high one is wrong in another way every time: variance. "
    "More points or a penalty tame the variance; noise is what remains for everybody."
)

FITS = 20
SHOWN = 8
GRID = np.linspace(-0.97, 0.97, 60)


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    degree: int = knob(1, 0, 12, help="highest power of x")
    noise: float = knob(0.3, 0.0, 1.0, step=0.1, help="spread of the labels around the truth")
    points: int = knob(25, 5, 100, step=5, help="points in a training set")
    penalty: float = knob(0.0, 0.0, 1.0, step=0.05, help="lambda: what squared weights cost")


def draw(knobs: Knobs) -> Figure:
    """The fits on the left, bias², variance and their sum on the right."""
    truth, y_hat = np.sin(np.pi * GRID), fits(knobs.degree, knobs.noise, knobs.points, knobs.penalty)  # (M,), (R, M)
    mean = y_hat.mean(axis=0)  # (M,)
    bias2, variance = float(np.mean((mean - truth) ** 2)), float(np.mean(y_hat.var(axis=0)))
    xs = GRID.tolist()
    single = [Line(xs, row.clip(-2, 2).tolist(), role="muted") for row in y_hat[:SHOWN]]
    picture = Figure(
        (
            *single,
            Line(xs, truth.tolist(), "truth", "reference", "·", every=2),
            Line(xs, mean.clip(-2, 2).tolist(), "mean fit", "mine", "●", every=4),
        ),
        f"degree {knobs.degree}",
        Axis("x", low=-1, high=1),
        Axis(low=-2, high=2),
    )
    values = (bias2, variance, bias2 + variance)
    bars = Bars(
        ("bias²", "variance", "sum"),
        tuple(min(v, 1.0) for v in values),
        tuple(f"{v:.3g}" for v in values),
        ("reference", "mine", "text"),
        low=0.0,
        high=1.0,
    )
    right = Figure((bars, Note(""), Note(f"noise² {knobs.noise**2:.2g}")), "distance from the truth")
    return Figure((Note(words(knobs, bias2, variance)),), panels=(picture, right), shares=(3, 2))


@lru_cache(maxsize=64)
def fits(degree: int, noise: float, points: int, penalty: float) -> np.ndarray:
    """(R, M): each fit to its own training set, the same sets every time."""
    rng = np.random.default_rng(4)
    x = rng.uniform(-1, 1, (FITS, points))  # (R, N)
    y = np.sin(np.pi * x) + noise * rng.normal(size=x.shape)  # (R, N)
    powers = np.arange(degree + 1)
    A = x[:, :, None] ** powers  # (R, N, P)
    root = np.sqrt(penalty) * np.eye(degree + 1)[1:]  # (P - 1, P): the constant is free
    A = np.concatenate([A, np.broadcast_to(root, (FITS, *root.shape))], axis=1)  # (R, N + P - 1, P)
    y = np.concatenate([y, np.zeros((FITS, degree))], axis=1)  # (R, N + P - 1)
    w = (np.linalg.pinv(A) @ y[:, :, None])[:, :, 0]  # (R, P)
    return np.asarray(w @ (GRID[:, None] ** powers).T)  # (R, M)


def words(knobs: Knobs, bias2: float, variance: float) -> str:
    """Which of the two to fight."""
    if knobs.degree + 1 > knobs.points and knobs.penalty == 0:
        return "More powers than points: the fits pass through every point, noise and all."
    if bias2 > 3 * variance:
        return "Under-fit: all fits are wrong in the same way. More capacity, not more data."
    if variance > 3 * bias2 and variance > 0.05:
        return "Over-fit: each fit follows its own noise. More data, a penalty, or a lower degree."
    return "Neither dominates by much: little is left to gain but by more data."
