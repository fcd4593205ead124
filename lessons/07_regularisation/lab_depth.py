"""Four networks of twelve hidden layers from four starts: whose first layer learns anything?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace

import numpy as np

from tutor.training import Axis, Figure, Line, Log, Target, choice, knob
from tutor.training.data import is_available, load

TITLE = "Twelve layers: who learns?"
USES = ("depth-gradient-profile", "xavier-kaiming-init", "activations", "softmax", "data-iter")
TARGET = Target(
    "both", ">=", 0.85, best=True, text="tanh with Xavier and ReLU with Kaiming: both reach a test accuracy of 0.85"
)
CURVES = ("tanh_xavier", "relu_kaiming", "sigmoid_xavier", "relu_small")

BREAK = (
    ("xavier-kaiming-init", "one row for all"),
    ("xavier-kaiming-init", "only positive weights"),
    ("xavier-kaiming-init", "variance for the standard deviation"),
    ("xavier-kaiming-init", "without the factor 2"),
    ("xavier-kaiming-init", "bound equal to the standard deviation"),
    ("depth-gradient-profile", "activation's derivative missing"),
)

FASHION = Target("both", ">=", 0.65, best=True, text="tanh with Xavier and ReLU with Kaiming: both reach 0.65")
STYLES = {
    "tanh_xavier": ("tanh", "mine", "●"),
    "relu_kaiming": ("relu", "reference", "▲"),
    "sigmoid_xavier": ("sigmoid", "third", "○"),
    "relu_small": ("relu", "fourth", "×"),
}


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    depth: int = knob(12, 1, 30, help="hidden layers")
    width: int = knob(64, 8, 128, step=8, help="units in each of them")
    lr: float = knob(0.03, 0.001, 1.0, log=True, help="learning rate")
    epochs: int = knob(15, 1, 40, help="how often every picture is seen")
    small: float = knob(0.01, 0.001, 1.0, log=True, help="spread of the weights of the network called relu_small")
    data: str = choice("digits", "digits", "fashion", help="fashion: 3000 pictures of clothes, where they are here")


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """All four on the same batches; before the first step, the gradient norm of every layer."""
    X, y, X_test, y_test = pictures(log, knobs)
    rng = log.rng()
    sizes = (X.shape[1], *[knobs.width] * knobs.depth, 10)
    nets = {name: start(mine, name, sizes, rng, knobs.small) for name in STYLES}
    with np.errstate(all="ignore"):  # a mistake may overflow: the picture shows it
        log.show(profiles(mine, nets, X[:256], "gradient norm before training"))
        log.total(knobs.epochs)
        for epoch in range(1, knobs.epochs + 1):
            for x_batch, y_batch in mine.data_iter(50, X, y, rng=rng):
                for name, W in nets.items():
                    step(mine, W, STYLES[name][0], x_batch, y_batch, np.float32(knobs.lr))
            right = {name: accuracy(mine, W, STYLES[name][0], X_test, y_test) for name, W in nets.items()}
            log(epoch, **right, both=min(right["tanh_xavier"], right["relu_kaiming"]))
        log.show(profiles(mine, nets, X[:256], "gradient norm after training"))


def start(
    mine: SimpleNamespace, name: str, sizes: tuple[int, ...], rng: np.random.Generator, small: float
) -> list[np.ndarray]:
    """Matrices (n_in, n_out); the exercise gives PyTorch's layout (out, in), so turn each round. No biases."""
    pairs = [(n_out, n_in) for n_in, n_out in pairwise(sizes)]
    if name == "relu_kaiming":
        return [mine.kaiming_normal(shape, rng).T.copy() for shape in pairs]
    if name == "relu_small":
        return [(small * rng.normal(size=shape)).astype(np.float32).T.copy() for shape in pairs]
    return [mine.xavier_uniform(shape, rng).T.copy() for shape in pairs]


def profiles(mine: SimpleNamespace, nets: dict[str, list[np.ndarray]], x: np.ndarray, title: str) -> Figure:
    """One line a network: the length of the gradient of each hidden layer's weights, on a logarithmic axis."""
    lines = []
    for name, W in nets.items():
        norms = mine.gradient_profile(W[:-1], x, STYLES[name][0])  # (depth,)
        points = [(i, float(n)) for i, n in enumerate(norms, 1) if np.isfinite(n) and n > 0]
        label, style = name.replace("_", " "), STYLES[name][1:]
        lines.append(Line([p[0] for p in points], [p[1] for p in points], label, *style))
    return Figure(tuple(lines), title, Axis("layer, the first one next to the input"), Axis(log=True))


def forward(
    mine: SimpleNamespace, W: list[np.ndarray], kind: str, x: np.ndarray
) -> list[tuple[np.ndarray, np.ndarray]]:
    """(input, z) of every layer; the last z are the logits."""
    kept, h = [], x  # (N, D)
    for weights in W:
        z = h @ weights  # (N, n_out)
        kept.append((h, z))
        h = mine.act_forward(z, kind)  # (N, n_out)
    return kept


def step(mine: SimpleNamespace, W: list[np.ndarray], kind: str, x: np.ndarray, y: np.ndarray, lr: np.float32) -> None:
    """One step on the mean cross-entropy."""
    kept = forward(mine, W, kind, x)
    d = mine.softmax(kept[-1][1], axis=1)  # (N, C)
    d[np.arange(len(y)), y] -= 1
    d = d / np.float32(len(y))
    for i in range(len(W) - 1, -1, -1):
        dW = kept[i][0].T @ d  # (n_in, n_out)
        if i:
            d = mine.act_backward(d @ W[i].T, kept[i - 1][1], kept[i][0], kind)  # (N, n_in)
        W[i] -= lr * dW


def accuracy(mine: SimpleNamespace, W: list[np.ndarray], kind: str, x: np.ndarray, y: np.ndarray) -> float:
    """Share of the pictures whose largest logit is the right one; NaN counts as wrong."""
    logits = forward(mine, W, kind, x)[-1][1]  # (N, C)
    return float(((logits.argmax(1) == y) & np.isfinite(logits).all(1)).mean())


def pictures(log: Log, knobs: Knobs) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Standardised rows of pixels and labels, to train and to test."""
    fashion = knobs.data == "fashion" and is_available("fashion-mnist")
    data = load("fashion-mnist" if knobs.data == "fashion" else "digits", otherwise="digits", train=3000, test=1000)
    if fashion:
        log.aim(FASHION)
    log.note(data.note)
    X, X_test = data.x_train.reshape(len(data.y_train), -1), data.x_test.reshape(len(data.y_test), -1)  # (N, D)
    centre, spread = X.mean(), X.std()  # one number each: every pixel is treated alike
    X, X_test = ((values - centre) / spread for values in (X, X_test))  # (N, D)
    return X.astype(np.float32), data.y_train, X_test.astype(np.float32), data.y_test
