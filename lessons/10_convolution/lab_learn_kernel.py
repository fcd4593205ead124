"""A kernel that nobody designed: learned from pictures and the answers of a hidden one, by the learner's own layer."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from tutor.training import Figure, Log, Note, Target, choice, knob
from tutor.training.data import load

TITLE = "Learn the Sobel kernel"
USES = ("conv2d-forward", "conv2d-backward")
TARGET = Target("kernel_error", "<=", 0.02, text="every weight and the bias within 0.02 of the hidden filter's")
CURVES = ("kernel_error", "loss", "bias")
LOG_AXIS = True

BREAK = (
    ("conv2d-backward", "dw taken with the kernel turned"),
    ("conv2d-backward", "averaged over the batch"),
    ("conv2d-backward", "db as a mean"),
    ("conv2d-forward", "kernel turned"),
    ("conv2d-forward", "bias forgotten"),
)

HIDDEN = {
    "sobel-x": ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
    "laplace": ((0, -1, 0), (-1, 4, -1), (0, -1, 0)),
    "blur": ((1 / 9,) * 3,) * 3,
    "emboss": ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
}
HIDDEN_BIAS = 0.5


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    lr: float = knob(0.1, 1e-3, 3.0, log=True, help="learning rate: the length of a step")
    steps: int = knob(300, 10, 2000, step=50, help="steps, each on all the pictures of a batch")
    batch_size: int = knob(4, 1, 32, help="pictures a step")
    pictures: str = choice("digits", "digits", "noise", help="digits: handwriting; noise: every pixel drawn on its own")
    hidden: str = choice("sobel-x", *HIDDEN, help="the kernel that made the answers; its bias is 0.5")
    start: float = knob(0.1, 0.0, 1.0, step=0.1, help="spread of the weights before the first step")


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """Gradient descent on the mean squared error between two feature maps."""
    rng = log.rng()
    hidden = np.array(HIDDEN[knobs.hidden])  # (3, 3)
    pool = pictures(log, knobs, rng)  # (P, 1, H, W)
    w, b = knobs.start * rng.normal(size=(1, 1, 3, 3)), np.zeros(1)
    log.total(knobs.steps)
    log(0, kernel_error=distance(w, b, hidden), bias=b[0])
    with np.errstate(all="ignore"):  # a step too long is a lesson, not a page of warnings
        for step in range(1, knobs.steps + 1):
            x = pool[rng.integers(0, len(pool), knobs.batch_size)]  # (B, 1, H, W)
            error = mine.conv2d(x, w, b) - answers(x, hidden)  # (B, 1, H - 2, W - 2)
            _, dw, db = mine.conv2d_backward(2 * error / error.size, x, w)
            w, b = w - knobs.lr * dw, b - knobs.lr * db
            log(step, loss=np.mean(error**2), kernel_error=distance(w, b, hidden), bias=b[0])
            if step in (1, 3, 10, 30, 100, knobs.steps):
                log.show(table(w[0, 0], hidden, step))
            if not np.isfinite(w).all():
                log.note(f"The weights left the numbers at step {step}: every step was longer than the last.")
                return


def distance(w: np.ndarray, b: np.ndarray, hidden: np.ndarray) -> float:
    """The largest error of a weight or of the bias."""
    return float(max(np.abs(w - hidden).max(), abs(b[0] - HIDDEN_BIAS)))


def answers(x: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """What the hidden filter says, computed here: a mistake in the learner's layer must not hide in the truth."""
    H, W = x.shape[2] - 2, x.shape[3] - 2
    return HIDDEN_BIAS + sum(hidden[i, j] * x[:, :, i : i + H, j : j + W] for i in range(3) for j in range(3))


def pictures(log: Log, knobs: Knobs, rng: np.random.Generator) -> np.ndarray:
    """(P, 1, H, W) with mean 0 and spread 1."""
    if knobs.pictures == "noise":
        log.note("Pictures: 64 times 12 × 14 pixels, each drawn on its own.")
        return rng.normal(size=(64, 1, 12, 14))
    data = load("digits")
    log.note(data.note)
    x = data.x_train[:, None].astype(np.float64)  # (P, 1, 8, 8)
    return (x - x.mean()) / x.std()


def table(w: np.ndarray, hidden: np.ndarray, step: int) -> Figure:
    """The weights so far beside the hidden ones."""
    rows = [
        f"   {a}      {b}".replace(" ", "\N{NO-BREAK SPACE}")
        for a, b in zip(map(numbers, w), map(numbers, hidden), strict=True)
    ]
    head = f"   {f'after step {step}':<27}      hidden".replace(" ", "\N{NO-BREAK SPACE}")
    return Figure(tuple(Note(text) for text in (head, *rows)), "kernel")


def numbers(row: np.ndarray) -> str:
    """Three weights."""
    return " ".join(f"{v:8.3f}" for v in row)
