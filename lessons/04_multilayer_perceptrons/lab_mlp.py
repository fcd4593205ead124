"""A multilayer perceptron against the best straight lines, with the learner's own gradients and activations."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from tutor.training import Axis, Figure, Grid, Line, Log, Note, Scatter, Target, choice, knob, toggle
from tutor.training.data import is_available, load

TITLE = "An MLP beats the linear ceiling"
USES = ("mlp-backprop", "activations", "cross-entropy", "data-iter")
TARGET = Target("test_accuracy", ">=", 0.97, best=True)  # of the embedded default; `aim` knows the others
CURVES = ("test_accuracy", "linear_accuracy", "train_loss", "dead_units")

BREAK = (
    ("mlp-backprop", "no ReLU mask"),
    ("mlp-backprop", "mask from the gradient"),
    ("mlp-backprop", "summed over the samples"),
    ("mlp-backprop", "divided by N once more"),
    ("activations", "relu' = x"),
)

AIMS = {"fashion": 0.84, "digits": 0.95, "spirals": 0.95, "parity": 0.97}
EDGE, CELLS = 1.3, 40
DATA = ("largest", "parity", "digits", "fashion", "spirals")
STARTS = ("kaiming", "zero", "equal", "large", "tiny")
Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    data: str = choice("largest", *DATA, help="largest: Fashion-MNIST if here, else parity (is the digit odd?)")
    hidden: int = knob(64, 1, 256, step=8, help="units of the first hidden layer; the second has half as many")
    lr: float = knob(0.2, 1e-4, 10.0, log=True, help="learning rate: the length of a step")
    decay: bool = toggle(True, help="let the steps shrink to nothing by the end; off keeps them all equal")
    epochs: int = knob(15, 1, 60, help="how often every sample is seen (spirals: ten times as often)")
    batch_size: int = knob(64, 1, 1024, step=16, help="samples a step")
    l2: float = knob(0.0, 0.0, 0.1, step=0.002, help="how much large weights cost")
    start: str = choice("kaiming", *STARTS, help="the weights before the first step")
    linear: bool = toggle(True, help="train softmax regression on the same batches, for comparison")


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """Mini-batch descent for the network and for a linear model; accuracies after every epoch."""
    X, y, X_test, y_test, classes = samples(log, knobs)
    rng = log.rng()
    params = first_weights((X.shape[1], knobs.hidden, max(1, knobs.hidden // 2), classes), knobs.start, rng)
    line = {"W": np.zeros((X.shape[1], classes)), "b": np.zeros(classes)}  # (D, C), (C,)
    epochs = knobs.epochs * (10 if knobs.data == "spirals" else 1)
    total = epochs * -(-len(X) // knobs.batch_size)
    log.total(total)
    history = [evaluate(mine, log, 0, params, line if knobs.linear else None, X_test, y_test)]
    step = 0
    with np.errstate(all="ignore"):  # a mistake may overflow: the curve shows it
        for epoch in range(epochs):
            for x, t in mine.data_iter(knobs.batch_size, X, y, rng=rng):
                loss, grads = mine.mlp_loss_and_grads(params, x, t, knobs.l2)
                lr = knobs.lr * (1 - step / total if knobs.decay else 1)
                for name in params:
                    params[name] = params[name] - lr * grads[name]
                if knobs.linear:
                    dz = mine.cross_entropy(x @ line["W"] + line["b"], t)[1]  # (B, C)
                    line = {"W": line["W"] - lr * x.T @ dz, "b": line["b"] - lr * dz.sum(0)}
                step += 1
                log(step, train_loss=loss)
            if (epoch + 1) % (epochs // knobs.epochs) == 0:
                history.append(evaluate(mine, log, step, params, line if knobs.linear else None, X_test, y_test))
                if knobs.linear:
                    log.show(duel(history))
        if X.shape[1] == 2:
            log.show(regions(mine, params, X_test, y_test))


def first_weights(sizes: tuple[int, ...], start: str, rng: np.random.Generator) -> Arrays:
    """Weights of three layers, well or badly begun; the biases are zero."""
    params: Arrays = {}
    for i in (1, 2, 3):
        shape = (sizes[i - 1], sizes[i])
        spread = {"kaiming": (2 / shape[0]) ** 0.5, "zero": 0.0, "equal": 0.0, "large": 1.0, "tiny": 1e-3}[start]
        params[f"W{i}"] = spread * rng.normal(size=shape) + (0.1 / i if start == "equal" else 0.0)  # (n_in, n_out)
        params[f"b{i}"] = np.zeros(sizes[i])  # (n_out,)
    return params


def logits(mine: SimpleNamespace, params: Arrays, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scores of the classes, and the first hidden layer's values."""
    a1 = mine.act_forward(X @ params["W1"] + params["b1"], "relu")  # (N, H1)
    a2 = mine.act_forward(a1 @ params["W2"] + params["b2"], "relu")  # (N, H2)
    return a2 @ params["W3"] + params["b3"], a1  # (N, C), (N, H1)


def evaluate(
    mine: SimpleNamespace, log: Log, step: int, params: Arrays, line: Arrays | None, X: np.ndarray, y: np.ndarray
) -> tuple[int, float, float]:
    """Accuracies on data never trained on, and how many units of the first layer are silent for all of them."""
    z, a1 = logits(mine, params, X)
    network = float((z.argmax(1) == y).mean())
    log(step, test_accuracy=network, dead_units=float((a1 <= 0).all(0).mean()))
    straight = float("nan")
    if line is not None:
        straight = float(((X @ line["W"] + line["b"]).argmax(1) == y).mean())
        log(step, linear_accuracy=straight)
    return step, network, straight


def duel(history: list[tuple[int, float, float]]) -> Figure:
    """Both accuracies in one picture."""
    steps, network, straight = zip(*history[1:], strict=True)
    if len(steps) == 1:
        steps, network, straight = steps * 2, network * 2, straight * 2
    parts = (
        Line(steps, network, "with hidden layers", "mine"),
        Line(steps, straight, "linear", "reference", "·"),
        Note(f"Best so far: {max(network):.1%} with hidden layers, {max(straight):.1%} without."),
    )
    return Figure(parts, "test accuracy", Axis("step"), Axis())


def regions(mine: SimpleNamespace, params: Arrays, X: np.ndarray, y: np.ndarray) -> Figure:
    """Which class is predicted where, under the test points."""
    centres = (np.arange(CELLS) + 0.5) / CELLS * 2 * EDGE - EDGE  # (cells,)
    mesh = np.stack([a.ravel() for a in np.meshgrid(centres, centres)], 1)  # (cells², 2), lowest row first
    cells = logits(mine, params, mesh)[0].argmax(1).reshape(CELLS, CELLS)
    grid = Grid(cells.tolist(), (-EDGE, EDGE), (-EDGE, EDGE), labels=("predicts ○", "predicts ●"))
    low, high = X[y == 0].T.tolist(), X[y == 1].T.tolist()
    points = (Scatter(*low, role="mine", marker="○"), Scatter(*high, role="reference", marker="●"))
    axis = Axis(low=-EDGE, high=EDGE)
    return Figure((grid, *points), "what the network predicts where", axis, axis)


def spirals(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two spirals, one wound into the other: (N, 2) points and (N,) classes."""
    y = np.arange(count) % 2  # (N,)
    turn = np.sqrt(rng.uniform(0.03, 1, count))  # (N,) from the middle to the end
    angle = 3 * np.pi * turn + np.pi * y
    X = 1.1 * turn[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
    return X + 0.03 * rng.normal(size=X.shape), y


def aim(source: str) -> Target:
    """What the network must reach on these data."""
    return Target("test_accuracy", ">=", AIMS[source], best=True)


def samples(log: Log, knobs: Knobs) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]:
    """Training set, its labels, test set, its labels, number of classes."""
    fashion = knobs.data == "fashion" or (knobs.data == "largest" and is_available("fashion-mnist"))
    source = "fashion" if fashion else "parity" if knobs.data == "largest" else knobs.data
    if source == "spirals":
        log.aim(aim(source))
        log.note("Data: two spirals, 400 points to train and 200 to test, made by the course.")
        rng = np.random.default_rng(0)
        return (*spirals(400, rng), *spirals(200, rng), 2)
    data = load("fashion-mnist" if fashion else "digits", otherwise="digits", train=10_000, test=2_000)
    log.aim(aim(source if data.name == "fashion-mnist" or not fashion else "digits"))
    if knobs.data == "largest" and not fashion:
        log.note("With Fashion-MNIST this lab trains on clothes: tutor data fetch fashion-mnist (31 MB).")
    log.note(data.note)
    X, X_test = data.x_train.reshape(len(data.y_train), -1), data.x_test.reshape(len(data.y_test), -1)  # (N, D)
    centre, spread = X.mean(), X.std()  # one number each: every pixel is treated alike
    y, y_test, classes = data.y_train, data.y_test, len(data.classes)
    if source == "parity":
        log.note("The question is whether the digit is odd, so each class is a mixture of five shapes.")
        y, y_test, classes = y % 2, y_test % 2, 2
    return (X - centre) / spread, y, (X_test - centre) / spread, y_test, classes
