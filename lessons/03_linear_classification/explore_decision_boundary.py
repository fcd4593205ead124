"""Decision boundaries: a line, and what a hidden layer makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tutor.training import Axis, Figure, Grid, Note, Scatter, choice, knob

TITLE = "Decision boundary painter"
TEACHES = (
    "Without hidden units this is logistic regression: one straight line, enough for blobs, hopeless for xor and "
    "circles. Each hidden unit adds a fold. Go back in training steps to see the boundary bend."
)

N = 120
EDGE = 2.4
STEPS = ("0", "1", "3", "10", "30", "100", "300", "1000")
COLUMNS, ROWS = 60, 30
Weights = tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    data: str = choice("xor", "blobs", "xor", "moons", "circles", help="where the two classes lie")
    hidden: int = knob(0, 0, 16, help="units in the hidden layer; 0 is logistic regression")
    activation: str = choice("tanh", "tanh", "relu", "sigmoid", help="of the hidden layer")
    step: str = choice("1000", *STEPS, help="how many training steps have been made")


def draw(knobs: Knobs) -> Figure:
    """The points of both classes over the regions in which each is predicted."""
    X, y = points(knobs.data)
    weights = snapshots(knobs.data, knobs.hidden, knobs.activation)[STEPS.index(knobs.step)]
    p = forward(weights, X, knobs.activation)[-1]  # (N,)
    cells = forward(weights, mesh(), knobs.activation)[-1].reshape(ROWS, COLUMNS)  # (H, W)
    grid = Grid((cells > 0.5).astype(int).tolist(), (-EDGE, EDGE), (-EDGE, EDGE), labels=("predicts ○", "predicts ●"))
    low, high = X[y == 0].T, X[y == 1].T  # (2, N/2) each
    right = ((p > 0.5) == y).mean()
    loss = -np.mean(np.log(np.clip(np.where(y == 1, p, 1 - p), 1e-12, 1)))
    parts = (
        grid,
        Scatter(low[0].tolist(), low[1].tolist(), role="mine", marker="○"),
        Scatter(high[0].tolist(), high[1].tolist(), role="reference", marker="●"),
        Note(f"{right:.1%} right, cross-entropy {loss:.3f}. {remark(knobs, right)}"),
    )
    return Figure(parts, "", Axis(low=-EDGE, high=EDGE), Axis(low=-EDGE, high=EDGE))


def remark(knobs: Knobs, right: float) -> str:
    """What to try next."""
    if right > 0.97:
        return "Separated."
    if knobs.hidden == 0 and knobs.data != "blobs":
        return "No straight line does better: add hidden units."
    return "More steps or more hidden units may help." if knobs.data != "blobs" else "Train longer."


@lru_cache(maxsize=8)
def points(kind: str) -> tuple[np.ndarray, np.ndarray]:
    """(N, 2) coordinates and (N,) classes 0 and 1, the same every time."""
    rng = np.random.default_rng(3)
    half = N // 2
    y = np.repeat([0, 1], half)  # (N,)
    turn = rng.uniform(0, np.pi, N)  # (N,)
    if kind == "blobs":
        X = np.where(y[:, None] == 0, [-1.0, -0.6], [1.0, 0.6]) + 0.45 * rng.normal(size=(N, 2))
    elif kind == "xor":
        corner = rng.integers(0, 2, N)  # (N,): which of the class's two corners
        X = np.stack([2 * corner - 1, (2 * corner - 1) * (1 - 2 * y)], 1) * 1.1 + 0.3 * rng.normal(size=(N, 2))
    elif kind == "moons":
        upper = np.stack([np.cos(turn) - 0.5, np.sin(turn) - 0.25], 1)
        X = 1.4 * np.where(y[:, None] == 0, upper, -upper) + 0.12 * rng.normal(size=(N, 2))
    else:
        ring = np.stack([np.cos(2 * turn), np.sin(2 * turn)], 1)
        X = np.where(y[:, None] == 0, 0.6, 1.8) * ring + 0.14 * rng.normal(size=(N, 2))
    return X, y


@lru_cache(maxsize=1)
def mesh() -> np.ndarray:
    """(H · W, 2) centres of the cells, the lowest row first."""
    xs = (np.arange(COLUMNS) + 0.5) / COLUMNS * 2 * EDGE - EDGE
    ys = (np.arange(ROWS) + 0.5) / ROWS * 2 * EDGE - EDGE
    return np.stack([a.ravel() for a in np.meshgrid(xs, ys)], 1)


def forward(weights: Weights, X: np.ndarray, activation: str) -> tuple[np.ndarray, ...]:
    """Probabilities of class 1, behind the hidden layer's values where there is one."""
    hidden: tuple[np.ndarray, ...] = ()
    if len(weights) == 4:
        a = X @ weights[0] + weights[1]  # (N, H)
        X = np.maximum(a, 0) if activation == "relu" else np.tanh(a) if activation == "tanh" else sigmoid(a)
        hidden = (X,)
    return (*hidden, sigmoid(X @ weights[-2] + weights[-1]))  # (N,)


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Through tanh, which cannot overflow."""
    return 0.5 * (1 + np.tanh(0.5 * z))


def gradients(weights: Weights, X: np.ndarray, y: np.ndarray, activation: str) -> Weights:
    """Of the mean cross-entropy."""
    *hidden, p = forward(weights, X, activation)
    dz = (p - y) / len(y)  # (N,)
    if not hidden:
        return X.T @ dz, dz.sum()
    h = hidden[0]  # (N, H)
    slope = (h > 0) if activation == "relu" else 1 - h**2 if activation == "tanh" else h * (1 - h)
    da = np.outer(dz, weights[2]) * slope  # (N, H)
    return X.T @ da, da.sum(0), h.T @ dz, dz.sum()


@lru_cache(maxsize=64)
def snapshots(kind: str, hidden: int, activation: str) -> tuple[Weights, ...]:
    """The weights after each number of STEPS; trained once, with Adam on all points."""
    X, y = points(kind)
    rng = np.random.default_rng(1)
    shapes = ((2, hidden), (hidden,), (hidden,), ()) if hidden else ((2,), ())
    weights: Weights = tuple(rng.normal(size=s) * (1.0 if s and s[0] == 2 and hidden else 0.5) for s in shapes)
    first = tuple(np.zeros(s) for s in shapes)
    second = tuple(np.zeros(s) for s in shapes)
    kept: list[Weights] = []
    for step in range(int(STEPS[-1]) + 1):
        if str(step) in STEPS:
            kept.append(weights)
        grads = gradients(weights, X, y, activation)
        first = tuple(0.9 * m + 0.1 * g for m, g in zip(first, grads, strict=True))
        second = tuple(0.99 * v + 0.01 * g * g for v, g in zip(second, grads, strict=True))
        size = 0.05 * np.sqrt(1 - 0.99 ** (step + 1)) / (1 - 0.9 ** (step + 1))
        weights = tuple(w - size * m / (np.sqrt(v) + 1e-8) for w, m, v in zip(weights, first, second, strict=True))
    return tuple(kept)
