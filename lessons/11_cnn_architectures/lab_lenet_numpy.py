"""LeNet in NumPy, put together from the learner's own convolution, pooling, loss and mini-batches."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from tutor.training import Figure, Grid, Log, Note, Target, choice, knob
from tutor.training.data import is_available, load

TITLE = "LeNet in pure NumPy"
USES = ("conv2d-forward", "conv2d-backward", "maxpool2d", "cross-entropy", "xavier-kaiming-init", "data-iter")
TARGET = Target("test_accuracy", ">=", 0.90, best=True)
CURVES = ("train_loss", "test_accuracy")

BREAK = (
    ("conv2d-forward", "kernel turned"),
    ("conv2d-backward", "dw taken with the kernel turned"),
    ("conv2d-backward", "dx with the kernel not turned"),
    ("maxpool2d", "all planes into the first"),
    ("cross-entropy", "gradient not divided"),
    ("xavier-kaiming-init", "variance for the standard deviation"),
    ("data-iter", "shuffles each array on its own"),
)

FASHION = Target("test_accuracy", ">=", 0.80, best=True)

Array = np.ndarray
Params = dict[str, Array]


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    lr: float = knob(0.01, 1e-4, 1.0, log=True, help="learning rate: the length of a step")
    momentum: float = knob(0.9, 0.0, 0.99, step=0.05, help="how much of the last step is kept")
    epochs: int = knob(4, 1, 20, help="how often every picture is seen")
    batch_size: int = knob(32, 8, 256, step=8, help="pictures a step")
    train_convolutions: str = choice("yes", "yes", "no", help="no leaves the filters as they were drawn")
    data: str = choice("largest", "largest", "digits", "fashion", help="largest takes Fashion-MNIST where it is here")


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """Momentum descent; the test accuracy and a picture of the first filters after every epoch."""
    X, y, X_test, y_test, classes = pictures(log, knobs)
    rng = log.rng()
    shapes = [(6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (len(classes), 84)]
    p = {f"W{i}": mine.kaiming_normal(shape, rng) for i, shape in enumerate(shapes, start=1)}
    p |= {f"b{i}": np.zeros(shape[0], np.float32) for i, shape in enumerate(shapes, start=1)}
    v = {name: np.zeros_like(value) for name, value in p.items()}
    log.total(knobs.epochs * -(-len(X) // knobs.batch_size))
    W0 = p["W1"].copy()  # (6, 1, 5, 5)
    log.show(filters(W0, W0, "first filters, untrained"))
    step = 0
    log(step, test_accuracy=accuracy(mine, p, X_test, y_test))
    with np.errstate(all="ignore"):  # a mistake may overflow: the curve shows it
        for _ in range(knobs.epochs):
            for x, t in mine.data_iter(knobs.batch_size, X, y, rng=rng):
                logits, kept = forward(mine, p, x)  # (B, C)
                loss, dlogits = mine.cross_entropy(logits, t)
                slopes = backward(mine, p, dlogits, kept)
                for name in (
                    slopes if knobs.train_convolutions == "yes" else [f"{k}{i}" for k in "Wb" for i in (3, 4, 5)]
                ):
                    v[name] = knobs.momentum * v[name] + slopes[name]
                    p[name] = p[name] - knobs.lr * v[name]
                step += 1
                log(step, train_loss=loss)
            log(step, test_accuracy=accuracy(mine, p, X_test, y_test))
            log.show(filters(p["W1"], W0, "first filters, trained"))


def forward(mine: SimpleNamespace, p: Params, X: Array) -> tuple[Array, tuple[Array, ...]]:
    """Logits, and what the way back needs."""
    a1 = np.maximum(mine.conv2d(X, p["W1"], p["b1"], padding=2), 0)  # (N, 6, 28, 28)
    p1, i1 = mine.maxpool2d(a1, 2)  # (N, 6, 14, 14)
    a2 = np.maximum(mine.conv2d(p1, p["W2"], p["b2"]), 0)  # (N, 16, 10, 10)
    p2, i2 = mine.maxpool2d(a2, 2)  # (N, 16, 5, 5)
    flat = p2.reshape(len(X), -1)  # (N, 400)
    a3 = np.maximum(flat @ p["W3"].T + p["b3"], 0)  # (N, 120)
    a4 = np.maximum(a3 @ p["W4"].T + p["b4"], 0)  # (N, 84)
    return a4 @ p["W5"].T + p["b5"], (X, a1, i1, p1, a2, i2, flat, a3, a4)  # (N, C)


def backward(mine: SimpleNamespace, p: Params, d: Array, kept: tuple[Array, ...]) -> Params:
    """The gradient of each parameter, from the last layer to the first."""
    X, a1, i1, p1, a2, i2, flat, a3, a4 = kept
    g: Params = {}
    for i, x in ((5, a4), (4, a3), (3, flat)):
        g[f"W{i}"], g[f"b{i}"] = d.T @ x, d.sum(axis=0)  # (n_out, n_in), (n_out,)
        d = d @ p[f"W{i}"] * (1 if i == 3 else x > 0)  # (N, n_in)
    d = mine.maxpool2d_backward(d.reshape(i2.shape), i2, a2.shape) * (a2 > 0)  # (N, 16, 10, 10)
    d, g["W2"], g["b2"] = mine.conv2d_backward(d, p1, p["W2"])  # (N, 6, 14, 14)
    d = mine.maxpool2d_backward(d, i1, a1.shape) * (a1 > 0)  # (N, 6, 28, 28)
    _, g["W1"], g["b1"] = mine.conv2d_backward(d, X, p["W1"], padding=2)
    return g


def accuracy(mine: SimpleNamespace, p: Params, X: Array, y: Array) -> float:
    """How often the largest logit is the right one, in parts of 500 pictures."""
    right = [forward(mine, p, X[i : i + 500])[0].argmax(1) == y[i : i + 500] for i in range(0, len(X), 500)]
    return float(np.concatenate(right).mean())


def filters(W: Array, before: Array, title: str) -> Figure:
    """The six 5 × 5 filters beside each other: darker is larger, each on its own scale."""
    tiles = np.full((11, 17), np.nan)  # two rows of three, one free cell between them
    for n, filter_ in enumerate(W[:, 0]):
        i, j = 6 * (n // 3), 6 * (n % 3)
        tiles[i : i + 5, j : j + 5] = (filter_ - filter_.min()) / (np.ptp(filter_) + 1e-12)
    tiles = np.nan_to_num(tiles[::-1])  # row 0 of a heat map is the lowest
    grid = Grid(tiles.tolist(), (0, 17), (0, 11), kind="heat")
    moved = 100 * float(np.linalg.norm(W - before) / (np.linalg.norm(before) + 1e-12))
    words = f"Six filters of 5 × 5; darker is larger. They have moved by {moved:.0f} % of the length they began with."
    return Figure((grid, Note(words)), title)


def pictures(log: Log, knobs: Knobs) -> tuple[Array, Array, Array, Array, tuple[str, ...]]:
    """Standardised pictures (N, 1, 28, 28), labels; the same to test; names. Small digits are enlarged threefold."""
    fashion = knobs.data == "fashion" or (knobs.data == "largest" and is_available("fashion-mnist"))
    data = load("fashion-mnist" if fashion else "digits", otherwise="digits", train=8_000, test=2_000)
    if data.name == "fashion-mnist":
        log.aim(FASHION)
    elif not fashion and knobs.data == "largest":
        log.note("With Fashion-MNIST this lab trains on clothes: tutor data fetch fashion-mnist (31 MB).")
    log.note(data.note)
    X, X_test = enlarged(data.x_train), enlarged(data.x_test)  # (N, 28, 28)
    centre, spread = X.mean(), X.std()
    X, X_test = ((x[:, None] - centre) / spread for x in (X, X_test))
    return X, data.y_train, X_test, data.y_test, data.classes


def enlarged(images: Array) -> Array:
    """(N, 8, 8) to (N, 28, 28): every pixel three times three, and two rows of border; 28 × 28 stays as it is."""
    if images.shape[1] == 28:
        return images
    return np.pad(np.kron(images, np.ones((1, 3, 3), np.float32)), ((0, 0), (2, 2), (2, 2)))
