"""Pictures of which some carry a wrong label: a network that learns them by heart, and the same one with dropout."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace

import numpy as np

from tutor.training import Axis, Figure, Line, Log, Target, choice, knob
from tutor.training.data import is_available, load

TITLE = "Dropout against wrong labels"
USES = ("dropout", "softmax", "data-iter")
TARGET = Target("test_gain", ">=", 0.03, text="test accuracy at least 3 points above that of the run without dropout")
CURVES = ("test_accuracy", "train_accuracy", "test_accuracy_plain", "train_accuracy_plain")

BREAK = (
    ("dropout", "drops in evaluation as well"),
    ("dropout", "the same mask in every step"),
    ("dropout", "backward draws a new mask"),
)

FASHION = Target("gap_closed", ">=", 0.05, text="the gap between training and test at least 5 points smaller")
HIDDEN = 256
Weights = list[np.ndarray]


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    p: float = knob(0.4, 0.0, 0.95, step=0.05, help="probability to drop, in both hidden layers")
    wrong_labels: float = knob(0.2, 0.0, 0.6, step=0.05, help="share of training labels that are drawn at random")
    epochs: int = knob(40, 5, 100, help="how often every picture is seen")
    lr: float = knob(0.1, 0.001, 1.0, log=True, help="learning rate")
    data: str = choice("digits", "digits", "fashion", help="fashion: 1000 pictures of clothes, where they are here")


class Net:
    """Two hidden layers with ReLU and dropout."""

    def __init__(self, mine: SimpleNamespace, sizes: tuple[int, ...], p: float, rng: np.random.Generator) -> None:
        self.mine = mine
        self.W: Weights = []
        for n_in, n_out in pairwise(sizes):
            self.W.append((rng.normal(size=(n_in, n_out)) * np.sqrt(2 / n_in)).astype(np.float32))  # (n_in, n_out)
        self.b = [np.zeros(n, np.float32) for n in sizes[1:]]  # (n_out,) each
        self.drop = [mine.Dropout(p, rng) for _ in sizes[1:-1]] if p else []

    def forward(self, x: np.ndarray, training: bool) -> tuple[list[np.ndarray], np.ndarray]:
        """Inputs of every layer, and the logits."""
        inputs = [x]  # (N, D)
        for i in range(len(self.W) - 1):
            h = np.maximum(inputs[-1] @ self.W[i] + self.b[i], 0)  # (N, H)
            inputs.append(self.drop[i].forward(h, training) if self.drop else h)
        return inputs, inputs[-1] @ self.W[-1] + self.b[-1]  # (N, C)

    def step(self, x: np.ndarray, y: np.ndarray, lr: float) -> None:
        """One step on the mean cross-entropy."""
        inputs, logits = self.forward(x, True)
        d = self.mine.softmax(logits, axis=1)  # (N, C)
        d[np.arange(len(y)), y] -= 1
        d = d / np.float32(len(y))
        for i in range(len(self.W) - 1, -1, -1):
            dW, db = inputs[i].T @ d, d.sum(0)  # (n_in, n_out), (n_out,)
            if i:
                d = d @ self.W[i].T  # (N, H)
                d = (self.drop[i - 1].backward(d) if self.drop else d) * (inputs[i] > 0)
            self.W[i] -= np.float32(lr) * dW
            self.b[i] -= np.float32(lr) * db

    def accuracy(self, x: np.ndarray, y: np.ndarray) -> float:
        """In evaluation."""
        return float((self.forward(x, False)[1].argmax(1) == y).mean())


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """Two networks from one start on the same batches; only one of them has dropout."""
    X, y, X_test, y_test = pictures(log, knobs)
    rng = log.rng()
    wrong = rng.random(len(y)) < knobs.wrong_labels  # (N,)
    given = np.where(wrong, rng.integers(0, 10, len(y)), y)  # (N,): some of the random labels are right by chance
    log.note(f"{(given != y).mean():.0%} of the training labels are wrong; the test labels are all right.")
    sizes = (X.shape[1], HIDDEN, HIDDEN, 10)
    net, plain = (Net(mine, sizes, p, np.random.default_rng([log.seed, 1])) for p in (knobs.p, 0.0))
    history: list[dict[str, float]] = []
    log.total(knobs.epochs)
    with np.errstate(all="ignore"):  # a mistake may overflow: the curve shows it
        for epoch in range(1, knobs.epochs + 1):
            for x_batch, y_batch in mine.data_iter(50, X, given, rng=rng):
                net.step(x_batch, y_batch, knobs.lr)
                plain.step(x_batch, y_batch, knobs.lr)
            history.append(scores(net, plain, (X, given), (X_test, y_test)))
            log(epoch, **history[-1])
            if epoch % 5 == 0 or epoch == knobs.epochs:
                log.show(all_accuracies(history))


def scores(
    net: Net, plain: Net, train_set: tuple[np.ndarray, np.ndarray], test_set: tuple[np.ndarray, np.ndarray]
) -> dict[str, float]:
    """Accuracies of both on the labels that they were given, and on the test labels."""
    fit, test = net.accuracy(*train_set), net.accuracy(*test_set)
    plain_fit, plain_test = plain.accuracy(*train_set), plain.accuracy(*test_set)
    return {
        "test_accuracy": test,
        "train_accuracy": fit,
        "test_accuracy_plain": plain_test,
        "train_accuracy_plain": plain_fit,
        "test_gain": test - plain_test,
        "gap_closed": (plain_fit - plain_test) - (fit - test),
    }


def all_accuracies(history: list[dict[str, float]]) -> Figure:
    """Training and test accuracy, with and without dropout."""
    names = {
        "test_accuracy": ("test, dropout", "mine", "●"),
        "train_accuracy": ("train, dropout", "fourth", "▼"),
        "test_accuracy_plain": ("test, none", "reference", "○"),
        "train_accuracy_plain": ("train, none", "third", "▽"),
    }
    epochs = list(range(1, len(history) + 1))
    lines = tuple(Line(epochs, [row[name] for row in history], *style) for name, style in names.items())
    return Figure(lines, "accuracy", Axis("epoch"))


def pictures(log: Log, knobs: Knobs) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Standardised rows of pixels and labels, to train and to test."""
    fashion = knobs.data == "fashion" and is_available("fashion-mnist")
    data = load("fashion-mnist" if knobs.data == "fashion" else "digits", otherwise="digits", train=1000, test=2000)
    if fashion:
        log.aim(FASHION)
    log.note(data.note)
    X, X_test = data.x_train.reshape(len(data.y_train), -1), data.x_test.reshape(len(data.y_test), -1)  # (N, D)
    centre, spread = X.mean(), X.std()  # one number each: every pixel is treated alike
    X, X_test = ((values - centre) / spread for values in (X, X_test))  # (N, D)
    return X.astype(np.float32), data.y_train, X_test.astype(np.float32), data.y_test
