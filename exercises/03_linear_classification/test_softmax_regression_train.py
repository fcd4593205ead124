"""Checks of the training loop: step by step against PyTorch where the order of the samples cannot matter, then for real.

The order of the batches is the learner's own affair (it depends on how their data_iter uses rng). So the exact comparisons
use either one full batch, or data whose rows are all alike.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from tutor.checks import draws, holds, same
from tutor.training.data import load


def train_softmax_regression(X, y, X_val, y_val, *, lr=0.03, epochs=10, batch_size=128, rng=None):
    """torch.nn.Linear and F.cross_entropy with plain gradient steps, batches in row order.

    (torch.optim.SGD does the same; importing torch.optim costs more than all checks here.)
    """
    x, t = torch.tensor(X), torch.tensor(y)
    layer = torch.nn.Linear(X.shape[1], int(y.max()) + 1).to(x.dtype)
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    train_loss, val_acc = [], []
    for _ in range(epochs):
        total = 0.0
        for x_batch, t_batch in zip(x.split(batch_size), t.split(batch_size), strict=True):
            loss = F.cross_entropy(layer(x_batch), t_batch)
            slopes = torch.autograd.grad(loss, (layer.weight, layer.bias))
            with torch.no_grad():
                layer.weight -= lr * slopes[0]
                layer.bias -= lr * slopes[1]
            total += loss.item() * len(t_batch)
        train_loss.append(total / len(x))
        with torch.no_grad():
            predicted = layer(torch.tensor(X_val)).numpy().argmax(axis=1)
        val_acc.append(float(np.mean(predicted == y_val)))
    weights, bias = layer.weight.detach().numpy().T.copy(), layer.bias.detach().numpy().copy()
    return {"W": weights, "b": bias, "train_loss": train_loss, "val_acc": val_acc}


def blobs(draw, samples, size, classes):
    """Noisy points around one random centre a class: X, y, X_val, y_val."""
    centres = draw.array((classes, size), scale=1.5)
    y = np.arange(2 * samples) % classes
    X = (centres[y] + draw.array((2 * samples, size))).astype(np.float32)
    return X[:samples], y[:samples], X[samples:], y[samples:]


def all_alike(draw, samples, size, label):
    """`samples` times the same point with the same label: whatever the order, every batch is known."""
    x = draw.array((1, size), dtype="float32")
    X_val, y_val = np.repeat(x, 2, axis=0), np.array([label, label + 1])  # the second class was never trained
    return np.repeat(x, samples, axis=0), np.full(samples, label), X_val, y_val


@draws(8)
def test_full_batches(mine, draw):
    """With one batch an epoch: weights, losses and accuracies are those of PyTorch's linear layer and loss."""
    size, classes = draw.shape(dims=2, low=2, high=5)
    samples = draw.int(8, 30)
    data = blobs(draw, samples, size, classes)
    options = {"lr": draw.pick(0.5, 0.1), "epochs": draw.pick(1, 5), "batch_size": samples + draw.pick(0, 7)}
    same(mine.train_softmax_regression, train_softmax_regression, *data, **options, rng=draw.rng(), dtypes=None)


@draws(6)
def test_mini_batches(mine, draw):
    """One step a batch, the short last batch included; the epoch's loss weighs every sample alike."""
    batch_size, label = draw.pick(3, 2, 4), draw.pick(2, 1)
    data = all_alike(draw, draw.pick(7, 9), 3, label)
    options = {"lr": 0.4, "epochs": draw.int(1, 4), "batch_size": batch_size}
    same(mine.train_softmax_regression, train_softmax_regression, *data, **options, rng=draw.rng(), dtypes=None)


@draws(1)
def test_defaults(mine, draw):
    """Without further arguments: lr=0.03, 10 epochs, batches of 128."""
    same(
        mine.train_softmax_regression,
        train_softmax_regression,
        *all_alike(draw, 130, 3, 2),
        rng=draw.rng(),
        dtypes=None,
    )


@draws(1)
def test_no_epoch(mine, draw):
    """With epochs=0 nothing is learnt: zero weights and empty histories."""
    data = blobs(draw, 6, 3, 4)
    same(mine.train_softmax_regression, train_softmax_regression, *data, epochs=0, rng=draw.rng(), dtypes=None)


@draws(2)
def test_order_of_batches(mine, draw):
    """The order comes from rng: the same seed gives the same run, another seed another, and each epoch a new order."""
    data = blobs(draw, 20, 3, 4)
    ends, runs = [], []
    for seed, epochs in ((1, 1), (1, 1), (2, 1), (1, 3)):
        rng = np.random.default_rng(seed)
        runs.append(mine.train_softmax_regression(*data, lr=0.5, epochs=epochs, batch_size=4, rng=rng)["W"])
        ends.append(rng.bit_generator.state)
    holds(
        np.array_equal(runs[0], runs[1]),
        "two runs with equally seeded generators differ",
        got=runs[1],
        expected=runs[0],
    )
    holds(
        not np.array_equal(runs[0], runs[2]), "two runs with different seeds are the same: rng is not used", got=runs[2]
    )
    holds(ends[0] != ends[3], "three epochs took no more from rng than one: the order is drawn only once", got=runs[3])


def test_reads_digits(mine):
    """It reads handwritten digits: at least 92 % right on images it never saw (median of three seeds)."""
    digits = load("digits")
    X, X_val = digits.x_train[:800].reshape(800, -1), digits.x_test.reshape(len(digits.x_test), -1)
    mean, std = X.mean(), X.std()
    best = []
    for seed in (0, 1, 2):
        history = mine.train_softmax_regression(
            (X - mean) / std,
            digits.y_train[:800],
            (X_val - mean) / std,
            digits.y_test,
            lr=0.1,
            epochs=6,
            batch_size=64,
            rng=np.random.default_rng(seed),
        )
        best.append(max(history["val_acc"]))
    holds(np.median(best) >= 0.92, "too few digits are read right", got=best, expected="a median of at least 0.92")
