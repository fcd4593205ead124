"""Checks of the training loop, step by step against PyTorch from the learner's own first weights, then for real.

How the first weights are drawn is the learner's affair, within their spread: a run without epochs shows them, and the
reference starts there. The order of the batches is theirs, too: exact comparisons use one full batch, or rows all alike.
"""

from __future__ import annotations

import copy

import numpy as np
import torch
import torch.nn.functional as F

from tutor.checks import draws, equal, holds, mean_is, same
from tutor.training.data import load

KEYS = ("W1", "b1", "W2", "b2", "W3", "b3")


def forward(p, x):
    for i in "12":
        x = torch.relu(F.linear(x, p["W" + i].T, p["b" + i]))
    return F.linear(x, p["W3"].T, p["b3"])


def started_by(mine):
    """The same training in torch, with the first weights that the learner's function draws from this rng."""

    def train_mlp(X, y, X_val, y_val, *, hidden=(128, 64), lr=0.05, epochs=8, batch_size=64, rng):
        start = mine.train_mlp(X, y, X_val, y_val, hidden=hidden, epochs=0, rng=copy.deepcopy(rng))
        holds(isinstance(start, dict) and "params" in start, 'the result has no "params"', got=start)
        holds(set(start["params"]) == set(KEYS), "params has other keys than the six", got=sorted(start["params"]))
        sizes = (X.shape[1], *hidden, int(y.max()) + 1)
        wanted = {f"W{i}": sizes[i - 1 : i + 1] for i in (1, 2, 3)} | {f"b{i}": sizes[i : i + 1] for i in (1, 2, 3)}
        shapes = {key: np.shape(start["params"][key]) for key in KEYS}
        message = "the first parameters have wrong shapes"
        holds(shapes == wanted, message, got=shapes, expected=str(wanted), input={"X": X, "y": y, "hidden": hidden})
        p = {key: torch.tensor(np.array(value), requires_grad=True) for key, value in start["params"].items()}
        x, t, train_loss, val_acc = torch.tensor(X), torch.tensor(y), [], []
        for _ in range(epochs):
            total = 0.0
            for x_batch, t_batch in zip(x.split(batch_size), t.split(batch_size), strict=True):
                loss = F.cross_entropy(forward(p, x_batch), t_batch)
                slopes = torch.autograd.grad(loss, list(p.values()))
                with torch.no_grad():
                    for value, slope in zip(p.values(), slopes, strict=True):
                        value -= lr * slope
                total += loss.item() * len(t_batch)
            train_loss.append(total / len(x))
            with torch.no_grad():
                predicted = forward(p, torch.tensor(X_val)).numpy().argmax(axis=1)
            val_acc.append(float(np.mean(predicted == y_val)))
        params = {key: value.detach().numpy() for key, value in p.items()}
        return {"params": params, "train_loss": train_loss, "val_acc": val_acc}

    return train_mlp


def blobs(draw, samples, size, classes, dtype="float64"):
    """Noisy points around one random centre a class: X, y, X_val, y_val.

    Class 0 has one sample more than the others: when all units of a small network die, its logits are the biases, which
    are then as different as the classes are frequent. A tie would be decided by rounding, that is by the order of the rows.
    """
    samples += (1 - samples) % classes
    centres = draw.array((classes, size), scale=1.5)
    y = np.arange(2 * samples) % classes
    X = (centres[y] + draw.array((2 * samples, size))).astype(dtype)
    return X[:samples], y[:samples], X[samples:], y[samples:]


def all_alike(draw, samples, size, label):
    """`samples` times the same point with the same label: whatever the order, every batch is known."""
    x = draw.array((1, size))
    X_val, y_val = np.repeat(x, 2, axis=0), np.array([label, label + 1])  # the second class was never trained
    return np.repeat(x, samples, axis=0), np.full(samples, label), X_val, y_val


@draws(2)
def test_start(mine, draw):
    """Starts from normal weights of standard deviation sqrt(2 / n_in), zero biases, in the dtype of X; epochs=0 returns that."""
    dtype = draw.pick("float32", "float64")
    X = np.zeros((4, 40), dtype)
    rng = np.random.default_rng(draw.index + 3)
    got = mine.train_mlp(X, np.array([0, 29, 2, 1]), X, np.zeros(4, int), hidden=(90, 60), epochs=0, rng=rng)
    holds(got["train_loss"] == [] and got["val_acc"] == [], "the histories are not empty after 0 epochs", got=got)
    holds(set(got["params"]) == set(KEYS), "params has other keys than the six", got=sorted(got["params"]))
    for i, (n_in, n_out) in enumerate(((40, 90), (90, 60), (60, 30)), start=1):
        W, b = got["params"][f"W{i}"], got["params"][f"b{i}"]
        message = f"W{i} has a wrong shape or dtype"
        holds(
            W.shape == (n_in, n_out) and W.dtype == dtype,
            message,
            got=f"{W.shape}, {W.dtype}",
            expected=f"{(n_in, n_out)}, {dtype}",
        )
        equal(b, np.zeros(n_out, dtype), f"b{i} at the start")
        mean_is(W, 0.0, (2 / n_in) ** 0.5, f"the mean of W{i}")
        mean_is(W.astype(float) ** 2 * n_in / 2, 1.0, 2**0.5, f"the variance of W{i}, times n_in / 2,")
        holds(len(np.unique(W)) > 0.9 * W.size, f"the entries of W{i} are not all drawn: units stay alike", got=W)


@draws(5)
def test_full_batches(mine, draw):
    """With one batch an epoch: parameters, losses and accuracies are those of the same network in PyTorch."""
    size, first, second = draw.shape(dims=3, low=2, high=6)
    data = blobs(draw, draw.int(8, 30), size, draw.pick(3, 4))
    options = {"hidden": (first, second), "lr": draw.pick(0.5, 0.1), "epochs": draw.int(1, 4)}
    options |= {"batch_size": len(data[0]) + draw.pick(0, 7), "rng": draw.rng()}
    same(mine.train_mlp, started_by(mine), *data, **options, dtypes=None)


@draws(4)
def test_mini_batches(mine, draw):
    """One step a batch, the short last batch included; the epoch's loss weighs every sample alike."""
    batch_size, label = draw.pick(3, 2, 4), draw.pick(2, 1)
    data = all_alike(draw, draw.pick(7, 9), 3, label)
    options = {"hidden": (4, 3), "lr": 0.3, "epochs": draw.int(1, 3), "batch_size": batch_size}
    same(mine.train_mlp, started_by(mine), *data, **options, rng=draw.rng(), dtypes=None)


@draws(1)
def test_defaults(mine, draw):
    """Without further arguments: hidden layers of 128 and 64 units, lr=0.05, 8 epochs, batches of 64."""
    same(mine.train_mlp, started_by(mine), *all_alike(draw, 65, 2, 2), rng=draw.rng(), dtypes=None)


@draws(1)
def test_float32(mine, draw):
    """float32 data are trained with float32 parameters."""
    data = blobs(draw, 12, 3, 3, "float32")
    options = {"hidden": (5, 4), "epochs": 2, "batch_size": 13, "rng": draw.rng()}
    same(mine.train_mlp, started_by(mine), *data, **options, dtypes=None, rtol=1e-3, atol=1e-4)


@draws(2)
def test_order_of_batches(mine, draw):
    """Weights and order come from rng: the same seed, the same run; another seed, another; each epoch a new order."""
    data = blobs(draw, 20, 3, 4)
    ends, runs = [], []
    for seed, epochs in ((1, 1), (1, 1), (2, 1), (1, 3)):
        rng = np.random.default_rng(seed)
        runs.append(mine.train_mlp(*data, hidden=(4, 3), epochs=epochs, batch_size=4, rng=rng)["params"])
        ends.append(rng.bit_generator.state)
    alike, other = (all(np.array_equal(runs[0][key], run[key]) for key in KEYS) for run in runs[1:3])
    holds(alike, "two runs with equally seeded generators differ")
    holds(not other, "two runs with different seeds are the same: rng is not used")
    rng = np.random.default_rng(1)
    mine.train_mlp(*data, hidden=(4, 3), epochs=0, rng=rng)
    holds(ends[0] != rng.bit_generator.state, "an epoch takes nothing from rng: the batches are never shuffled by it")
    holds(ends[0] != ends[3], "three epochs took no more from rng than one: the order is drawn only once")


def rings(seed, samples=160):
    """Two classes, one around the other: no line separates them."""
    rng = np.random.default_rng(seed)
    y, turn = np.arange(2 * samples) % 2, rng.uniform(0, 2 * np.pi, 2 * samples)
    radius = np.where(y == 0, 0.6, 1.6) + 0.12 * rng.normal(size=2 * samples)
    X = (radius[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)).astype(np.float32)
    return X[:samples], y[:samples], X[samples:], y[samples:]


def test_bends(mine):
    """It separates a ring from what it encloses, which no line can: at least 95 % right (median of three seeds)."""
    best = []
    for seed in (0, 1, 2):
        rng = np.random.default_rng(seed)
        run = mine.train_mlp(*rings(seed), hidden=(16, 8), lr=0.5, epochs=8, batch_size=32, rng=rng)
        best.append(max(run["val_acc"]))
    holds(np.median(best) >= 0.95, "the ring is not separated", got=best, expected="a median of at least 0.95")


def test_reads_digits(mine):
    """It reads handwritten digits: at least 90 % right on images it never saw (median of three seeds)."""
    digits = load("digits")
    X, X_val = digits.x_train[:800].reshape(800, -1), digits.x_test.reshape(len(digits.x_test), -1)
    mean, std = X.mean(), X.std()
    data = ((X - mean) / std, digits.y_train[:800], (X_val - mean) / std, digits.y_test)
    best = []
    for seed in (0, 1, 2):
        rng = np.random.default_rng(seed)
        run = mine.train_mlp(*data, hidden=(48, 24), lr=0.2, epochs=5, batch_size=64, rng=rng)
        holds(np.isfinite(run["train_loss"]).all(), "the loss is not finite", got=run["train_loss"])
        holds(run["train_loss"][-1] < run["train_loss"][0], "the loss does not fall", got=run["train_loss"])
        best.append(max(run["val_acc"]))
    holds(np.median(best) >= 0.90, "too few digits are read right", got=best, expected="a median of at least 0.90")
