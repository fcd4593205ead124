"""Softmax regression on pictures, with the learner's own softmax, cross-entropy and mini-batches."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from tutor.training import Figure, Grid, Log, Note, Target, choice, knob, toggle
from tutor.training.data import is_available, load

TITLE = "Softmax regression on pictures"
USES = ("softmax", "cross-entropy", "data-iter")
TARGET = Target("test_accuracy", ">=", 0.90, best=True)
CURVES = ("train_loss", "test_accuracy", "confidence")

BREAK = (
    ("cross-entropy", "softmax applied twice"),
    ("cross-entropy", "sign of the gradient"),
    ("cross-entropy", "gradient not divided"),
    ("softmax", "log of softmax"),
    ("data-iter", "shuffles each array on its own"),
)

FASHION = Target("test_accuracy", ">=", 0.80, best=True)


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    lr: float = knob(0.03, 1e-4, 10.0, log=True, help="learning rate: the length of a step")
    epochs: int = knob(10, 1, 50, help="how often every picture is seen")
    batch_size: int = knob(128, 1, 1024, step=16, help="pictures a step")
    start: float = knob(0.0, 0.0, 1.0, step=0.05, help="spread of the weights before the first step; 0 is fine here")
    standardise: bool = toggle(True, help="pixels with mean 0 and spread 1; off leaves them from 0 to 255")
    data: str = choice("largest", "largest", "digits", "fashion", help="largest takes Fashion-MNIST where it is here")


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """Mini-batch descent on the mean cross-entropy; test accuracy after every epoch."""
    X, y, X_test, y_test, classes = pictures(log, knobs)
    rng = log.rng()
    W = knobs.start * rng.normal(size=(X.shape[1], len(classes)))  # (D, C)
    b = np.zeros(len(classes))  # (C,)
    log.total(knobs.epochs * -(-len(X) // knobs.batch_size))
    step = 0
    evaluate(mine, log, step, X_test @ W + b, y_test)
    with np.errstate(all="ignore"):  # a mistake may overflow: the curve shows it
        for _ in range(knobs.epochs):
            for X_batch, y_batch in mine.data_iter(knobs.batch_size, X, y, rng=rng):
                loss, dlogits = mine.cross_entropy(X_batch @ W + b, y_batch)  # float, (B, C)
                W -= knobs.lr * (X_batch.T @ dlogits)  # (D, C)
                b -= knobs.lr * dlogits.sum(0)  # (C,)
                step += 1
                log(step, train_loss=loss)
            evaluate(mine, log, step, X_test @ W + b, y_test)
    log.show(confusion(X_test @ W + b, y_test, classes))


def evaluate(mine: SimpleNamespace, log: Log, step: int, logits: np.ndarray, y: np.ndarray) -> None:
    """How often the likeliest class is right, and how sure the model is of it on average."""
    probs = mine.softmax(logits, axis=1)  # (N, C)
    right = probs.argmax(1) == y  # (N,)
    log(step, test_accuracy=right.mean(), confidence=probs.max(1).mean())


def confusion(logits: np.ndarray, y: np.ndarray, classes: tuple[str, ...]) -> Figure:
    """Which class is taken for which: rows are the truth."""
    counts = np.zeros((len(classes), len(classes)), dtype=int)  # (C, C)
    np.add.at(counts, (y, logits.argmax(1)), 1)
    wrong = counts * (1 - np.eye(len(classes), dtype=int))
    i, j = np.unravel_index(wrong.argmax(), wrong.shape)
    grid = Grid(counts.tolist(), kind="counts", labels=classes, row_name="truth", column_name="predicted")
    note = Note(f"Most often confused: {classes[i]} taken for {classes[j]}, {wrong[i, j]} times.")
    return Figure((grid, note), "confusion matrix")


def pictures(log: Log, knobs: Knobs) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, tuple[str, ...]]:
    """The data as rows of pixels: training set, its labels, test set, its labels, names of the classes."""
    fashion = knobs.data == "fashion" or (knobs.data == "largest" and is_available("fashion-mnist"))
    data = load("fashion-mnist" if fashion else "digits", otherwise="digits", train=10_000, test=2_000)
    if data.name == "fashion-mnist":
        log.aim(FASHION)
    elif not fashion and knobs.data == "largest":
        log.note("With Fashion-MNIST this lab trains on clothes: tutor data fetch fashion-mnist (31 MB).")
    log.note(data.note)
    X, X_test = data.x_train.reshape(len(data.y_train), -1), data.x_test.reshape(len(data.y_test), -1)  # (N, D)
    if knobs.standardise:
        centre, spread = X.mean(), X.std()  # one number each: every pixel is treated alike
        return (X - centre) / spread, data.y_train, (X_test - centre) / spread, data.y_test, data.classes
    return X * 255, data.y_train, X_test * 255, data.y_test, data.classes
