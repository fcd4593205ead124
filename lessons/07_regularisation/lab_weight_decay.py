"""Two hundred inputs, twenty samples: a linear model that learns everything and knows nothing, and what decay does."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from tutor.training import Axis, Figure, Line, Log, Note, Target, knob

TITLE = "Weight decay on 200 inputs and 20 samples"
USES = ("l2-weight-decay", "linreg-grad", "data-iter")
TARGET = Target("gain", ">=", 100, text="test error at least 100 times below that of the run without decay")
CURVES = ("test_mse", "train_mse", "test_mse_penalty", "test_mse_plain", "train_mse_plain")
LOG_AXIS = True

BREAK = (
    ("l2-weight-decay", "decay forgotten"),
    ("l2-weight-decay", "learning rate twice"),
    ("l2-weight-decay", "weights grow"),
    ("l2-weight-decay", "shrinks by lam instead of lr·lam"),
    ("l2-weight-decay", "gradient with a factor 2"),
)

D, N, N_TEST = 200, 20, 200
NOISE = 0.01


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    lam: float = knob(3.0, 0.01, 100.0, log=True, help="λ: the price of large weights")
    lr: float = knob(0.003, 1e-4, 0.03, log=True, help="learning rate")
    epochs: int = knob(150, 10, 400, step=10, help="how often every sample is seen")
    batch_size: int = knob(5, 1, 20, help="samples a step")


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """Three models, one start, the same batches: without decay, with decay steps, with the gradient of the penalty."""
    rng = log.rng()
    X, y = samples(rng, N)
    X_test, y_test = samples(rng, N_TEST)
    log.note(f"y = 0.05 + 0.01 · (sum of {D} inputs) + noise {NOISE}; {N} samples to train, {N_TEST} to test")
    start = rng.normal(size=D)  # (D,): far from the truth, as random starts are
    models = {name: (start.copy(), 0.0) for name in ("plain", "decay", "penalty")}
    history: list[dict[str, float]] = []
    log.total(knobs.epochs)
    with np.errstate(all="ignore"):  # a mistake may diverge: the curve shows it
        for epoch in range(1, knobs.epochs + 1):
            for batch in mine.data_iter(knobs.batch_size, X, y, rng=rng):
                models = {name: step(mine, name, w, b, batch, knobs) for name, (w, b) in models.items()}
            history.append(errors(mine, models, (X, y), (X_test, y_test)))
            log(epoch, **history[-1])
            if epoch % 25 == 0 or epoch == knobs.epochs:
                log.show(all_errors(history))
    apart = np.abs(models["decay"][0] - models["penalty"][0]).max()
    log.note(f"Decay step and penalty gradient: after {epoch} epochs the weights differ by at most {apart:.1g}.")
    log.show(sorted_weights(models))


def samples(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """(n, D) inputs and (n,) targets; every input matters a little."""
    X = rng.normal(size=(n, D))  # (n, D)
    return X, 0.05 + X.sum(1) * 0.01 + NOISE * rng.normal(size=n)


def step(
    mine: SimpleNamespace, name: str, w: np.ndarray, b: float, batch: tuple[np.ndarray, np.ndarray], knobs: Knobs
) -> tuple[np.ndarray, float]:
    """One update; the bias never decays."""
    _, dw, db = mine.linreg_loss_and_grad(*batch, w, b)  # float, (D,), float
    new_b = b - knobs.lr * db
    if name == "decay":
        return mine.sgd_decay_step(w, dw, knobs.lr, knobs.lam), new_b
    if name == "penalty":
        params = {"w": w[:, None], "b": np.array([b])}  # (D, 1): two axes, so it is charged; (1,)
        dw = dw + np.ravel(mine.l2_penalty(params, knobs.lam)[1]["w"])  # (D,)
    return w - knobs.lr * dw, new_b


def errors(
    mine: SimpleNamespace,
    models: dict[str, tuple[np.ndarray, float]],
    train_set: tuple[np.ndarray, np.ndarray],
    test_set: tuple[np.ndarray, np.ndarray],
) -> dict[str, float]:
    """Mean squared errors without any penalty, so that the three models can be compared."""
    on_train = {name: mine.linreg_loss_and_grad(*train_set, w, b)[0] for name, (w, b) in models.items()}
    on_test = {name: mine.linreg_loss_and_grad(*test_set, w, b)[0] for name, (w, b) in models.items()}
    return {
        "train_mse": on_train["decay"],
        "test_mse": on_test["decay"],
        "test_mse_penalty": on_test["penalty"],
        "train_mse_plain": on_train["plain"],
        "test_mse_plain": on_test["plain"],
        "gain": on_test["plain"] / on_test["decay"],
    }


def all_errors(history: list[dict[str, float]]) -> Figure:
    """Train and test error of the runs without and with decay, on one logarithmic axis."""
    names = {
        "test_mse_plain": ("test, no decay", "reference", "○"),
        "train_mse_plain": ("train, no decay", "third", "▽"),
        "test_mse": ("test, decay", "mine", "●"),
        "train_mse": ("train, decay", "fourth", "▼"),
    }
    lines = []
    for name, style in names.items():
        points = [(i, row[name]) for i, row in enumerate(history, 1) if np.isfinite(row[name]) and row[name] > 0]
        lines.append(Line([p[0] for p in points], [p[1] for p in points], *style))
    return Figure(tuple(lines), "mean squared error", Axis("epoch"), Axis(log=True))


def sorted_weights(models: dict[str, tuple[np.ndarray, float]]) -> Figure:
    """All weights of both models from the smallest to the largest; the truth is a flat line at 0.01."""
    order = list(range(D))
    lines = (
        Line(order, np.sort(models["plain"][0]).tolist(), "without decay", "reference", "○"),
        Line(order, np.sort(models["decay"][0]).tolist(), "with decay", "mine", "●"),
    )
    lengths = {name: float(np.linalg.norm(w)) for name, (w, _) in models.items()}
    note = Note(f"Length of w: {lengths['plain']:.3g} without, {lengths['decay']:.3g} with decay; the truth has 0.141.")
    return Figure((*lines, note), "weights, sorted", Axis("rank"), Axis("weight"))
