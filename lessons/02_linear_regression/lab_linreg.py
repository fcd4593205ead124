"""Fits a plane to 1000 points with the learner's own iterator, gradient and update step."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import torch

from tutor.training import Log, Target, knob, toggle

TITLE = "Line fitting live"
USES = ("data-iter", "linreg-grad", "sgd-step")
TARGET = Target("weight_error", "<=", 0.02, text="every weight within 0.02 of the truth, |w - w*| ≤ 0.02")
CURVES = ("loss", "weight_error", "w1", "w2", "b")
LOG_AXIS = True

BREAK = (
    ("sgd-step", "climbs instead of descending"),
    ("sgd-step", "binds the name to a new tensor"),
    ("sgd-step", "forgets the learning rate"),
    ("linreg-grad", "sum instead of mean in the gradients"),
    ("linreg-grad", "bias left out"),
    ("data-iter", "shuffles each array on its own"),
)

W_TRUE = np.array([2.0, -3.4])
B_TRUE = 4.2
NOISE = 0.01
STRETCH = 1000.0


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    lr: float = knob(0.03, 1e-4, 3.0, log=True, help="learning rate: the length of a step")
    epochs: int = knob(3, 1, 20, help="how often every point is seen")
    batch_size: int = knob(10, 1, 1000, help="points a step; 1000 is all of them")
    stretch: bool = toggle(False, help="multiply feature 2 by 1000, as if it were in metres instead of kilometres")
    standardise: bool = toggle(False, help="subtract each feature's mean, divide by its standard deviation")


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """Mini-batch descent from zero; the weights are logged in the units of the data as they were made."""
    rng = log.rng()
    X = rng.normal(size=(1000, 2))  # (N, D)
    y = X @ W_TRUE + B_TRUE + NOISE * rng.normal(size=1000)  # (N,)
    units = np.array([1.0, STRETCH if knobs.stretch else 1.0])  # (D,)
    X = X * units
    centre, spread = (X.mean(0), X.std(0)) if knobs.standardise else (np.zeros(2), np.ones(2))  # (D,), (D,)
    X = (X - centre) / spread  # (N, D)
    log.note(f"1000 made-up points, w* = (2, -3.4), b* = 4.2, noise {NOISE}" + _told(knobs))

    w = torch.nn.Parameter(torch.zeros(2, dtype=torch.float64))  # (D,)
    b = torch.nn.Parameter(torch.zeros((), dtype=torch.float64))  # ()
    steps = knobs.epochs * -(-len(X) // knobs.batch_size)
    log.total(steps)
    step = 0
    with np.errstate(all="ignore"):  # a run that diverges is a lesson, not a page of warnings
        for _ in range(knobs.epochs):
            for X_batch, y_batch in mine.data_iter(knobs.batch_size, X, y, rng=rng):
                loss, dw, db = mine.linreg_loss_and_grad(X_batch, y_batch, w.detach().numpy().copy(), b.item())
                w.grad, b.grad = torch.as_tensor(dw).clone(), torch.as_tensor(db, dtype=torch.float64)
                mine.sgd_step([w, b], knobs.lr)
                step += 1
                slope = w.detach().numpy() / spread * units  # (D,): back in the units of w*
                bias = b.item() - float(w.detach().numpy() @ (centre / spread))
                error = float(np.abs(slope - W_TRUE).max())
                log(step, loss=loss, weight_error=error, w1=slope[0], w2=slope[1], b=bias)
                if not np.isfinite(loss):
                    log.note(f"The loss left the numbers at step {step}: every step was longer than the last.")
                    return
    log.note(f"w = ({slope[0]:.5g}, {slope[1]:.5g}), b = {bias:.5g} after {step} steps")


def _told(knobs: Knobs) -> str:
    if not knobs.stretch:
        return ""
    return ", feature 2 times 1000" + (", then standardised" if knobs.standardise else "")
