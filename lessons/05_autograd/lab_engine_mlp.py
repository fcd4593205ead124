"""Handwritten digits with a two-layer network whose every gradient comes from the learner's own engine."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from tutor.training import Figure, Grid, Log, Note, Target, choice, knob
from tutor.training.data import is_available, load

TITLE = "Digits with your own autograd"
USES = ("tensor-autograd",)
TARGET = Target("test_accuracy", ">=", 0.95, best=True)
CURVES = ("train_loss", "test_accuracy", "gradient_error", "test_loss")

BREAK = (
    ("tensor-autograd", "gradients overwritten at a shared node"),
    ("tensor-autograd", "relu lets every gradient through"),
    ("tensor-autograd", "mean with the slope of a sum"),
    ("tensor-autograd", "upstream gradient forgotten"),
    ("tensor-autograd", "max hands its gradient to everyone"),
    ("tensor-autograd", "gradients as broadcast"),
)

FASHION = Target("test_accuracy", ">=", 0.83, best=True)
Params = dict[str, Any]
"""Name → Tensor of the learner's."""


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    hidden: int = knob(64, 1, 256, step=8, help="units of the hidden layer")
    activation: str = choice("relu", "relu", "tanh", help="of the hidden layer")
    lr: float = knob(0.2, 1e-3, 10.0, log=True, help="learning rate: the length of a step")
    epochs: int = knob(30, 1, 60, help="how often every picture is seen")
    batch_size: int = knob(64, 1, 1024, step=16, help="pictures a step")
    data: str = choice("digits", "digits", "fashion", help="8x8 digits, or Fashion-MNIST where it is here")


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """Mini-batch descent; after every epoch the test set, and the engine's gradients against formulas by hand."""
    X, y, X_test, y_test, classes = pictures(log, knobs)
    rng = log.rng()
    params = first_weights(mine, (X.shape[1], knobs.hidden, len(classes)), rng)
    batches = -(-len(X) // knobs.batch_size)
    log.total(knobs.epochs * batches)
    step = 0
    evaluate(mine, log, step, params, knobs, X_test, y_test)
    with np.errstate(all="ignore"):  # a mistake may overflow: the curve shows it
        for _ in range(knobs.epochs):
            order = rng.permutation(len(X))
            for rows in np.array_split(order, batches):
                loss = loss_of(mine, params, X[rows], y[rows], knobs.activation)
                descend(params, loss, knobs.lr)
                step += 1
                log(step, train_loss=float(loss.data))
            evaluate(mine, log, step, params, knobs, X_test, y_test)
            error = gradient_error(mine, params, X[rows], y[rows], knobs.activation)
            log(step, gradient_error=error)
    log.show(first_layer(params, X.shape[1]))


def first_weights(mine: SimpleNamespace, sizes: tuple[int, int, int], rng: np.random.Generator) -> Params:
    """Kaiming's start, zero biases."""
    D, H, C = sizes
    start = {
        "W1": rng.normal(size=(D, H)) * np.sqrt(2 / D),  # (D, H)
        "b1": np.zeros(H),  # (H,)
        "W2": rng.normal(size=(H, C)) * np.sqrt(2 / H),  # (H, C)
        "b2": np.zeros(C),  # (C,)
    }
    return {name: mine.Tensor(value, requires_grad=True) for name, value in start.items()}


def logits_of(params: Params, X: np.ndarray, activation: str) -> Any:  # noqa: ANN401  the learner's Tensor
    """(N, D) pictures to (N, C) logits."""
    a = X @ params["W1"] + params["b1"]  # (N, H)
    h = a.relu() if activation == "relu" else a.tanh()
    return h @ params["W2"] + params["b2"]  # (N, C)


def loss_of(mine: SimpleNamespace, params: Params, X: np.ndarray, y: np.ndarray, activation: str) -> Any:  # noqa: ANN401
    """Mean cross-entropy, from nothing but the engine's operations."""
    z = logits_of(params, X, activation)  # (N, C)
    shifted = z - z.max(axis=1, keepdims=True)  # (N, C)
    log_p = shifted - shifted.exp().sum(axis=1, keepdims=True).log()  # (N, C)
    return -log_p[np.arange(len(y)), y].mean()


def descend(params: Params, loss: Any, lr: float) -> None:  # noqa: ANN401
    """One step of gradient descent."""
    for p in params.values():
        p.grad = None
    loss.backward()
    for p in params.values():
        p.data -= lr * p.grad


def evaluate(
    mine: SimpleNamespace, log: Log, step: int, params: Params, knobs: Knobs, X: np.ndarray, y: np.ndarray
) -> None:
    """Loss and accuracy on the test set, without a graph."""
    with mine.no_grad(), np.errstate(all="ignore"):
        loss = loss_of(mine, params, X, y, knobs.activation)
        right = logits_of(params, X, knobs.activation).data.argmax(1) == y  # (N,)
    log(step, test_loss=float(loss.data), test_accuracy=right.mean())


def gradient_error(mine: SimpleNamespace, params: Params, X: np.ndarray, y: np.ndarray, activation: str) -> float:
    """Largest relative difference between the engine's gradients and those that one derives by hand."""
    for p in params.values():
        p.grad = None
    loss_of(mine, params, X, y, activation).backward()
    error = 0.0
    for name, right in by_hand({name: p.data for name, p in params.items()}, X, y, activation).items():
        got = params[name].grad
        error = np.maximum(error, np.abs(got - right).max() / (np.abs(right).max() + 1e-300))  # nan stays nan
    return float(error)


def by_hand(p: dict[str, np.ndarray], X: np.ndarray, y: np.ndarray, activation: str) -> dict[str, np.ndarray]:
    """Backpropagation as it was done before there was an engine."""
    a = X @ p["W1"] + p["b1"]  # (N, H)
    h = np.maximum(a, 0) if activation == "relu" else np.tanh(a)
    z = h @ p["W2"] + p["b2"]  # (N, C)
    e = np.exp(z - z.max(1, keepdims=True))
    dz = e / e.sum(1, keepdims=True)  # (N, C)
    dz[np.arange(len(y)), y] -= 1
    dz /= len(y)
    da = dz @ p["W2"].T * ((a > 0) if activation == "relu" else 1 - h * h)  # (N, H)
    return {"W1": X.T @ da, "b1": da.sum(0), "W2": h.T @ dz, "b2": dz.sum(0)}


def first_layer(params: Params, pixels: int) -> Figure:
    """What six hidden units look for: their weights as pictures, side by side."""
    side = round(pixels**0.5)
    units = params["W1"].data.T[:6].reshape(-1, side, side)  # (6, S, S)
    gap = np.full((side, 1), float(units.min()))
    strip = np.concatenate([part for unit in units for part in (unit, gap)][:-1], axis=1)  # (S, 6 S + 5)
    note = Note("The weights of six hidden units, as pictures: dark pixels excite the unit, light ones hold it back.")
    return Figure((Grid(np.nan_to_num(strip[::-1]).clip(-9, 9).tolist(), kind="heat"), note), "first layer")


def pictures(log: Log, knobs: Knobs) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, tuple[str, ...]]:
    """Standardised rows of pixels: training set, labels, test set, labels, names of the classes."""
    fashion = knobs.data == "fashion" and is_available("fashion-mnist")
    data = load("fashion-mnist" if fashion else "digits", otherwise="digits", train=10_000, test=2_000)
    if fashion:
        log.aim(FASHION)
    elif knobs.data == "fashion":
        log.note("Fashion-MNIST is not on this machine (get it with: tutor data fetch fashion-mnist).")
    log.note(data.note)
    X, X_test = data.x_train.reshape(len(data.y_train), -1), data.x_test.reshape(len(data.y_test), -1)  # (N, D)
    centre, spread = X.mean(), X.std()
    return (X - centre) / spread, data.y_train, (X_test - centre) / spread, data.y_test, data.classes
