"""Checks of the capstone: PyTorch's LeNet starts with the learner's weights and must then go the same way, step by step.

The order of the batches is the learner's own affair (it depends on how their data_iter uses rng). So the exact comparisons
use one full batch, or images that are all alike.
"""

from __future__ import annotations

import inspect

import numpy as np
import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, finite, holds
from tutor.training.data import load

NAMES = [f"{kind}{i}" for i in range(1, 6) for kind in "Wb"]


def shapes(classes):
    weights = [(6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (classes, 84)]
    return {f"{kind}{i}": w if kind == "W" else w[:1] for i, w in enumerate(weights, start=1) for kind in "Wb"}


def logits(p, x):
    h = F.max_pool2d(torch.relu(F.conv2d(x, p["W1"], p["b1"], padding=2)), 2)
    h = F.max_pool2d(torch.relu(F.conv2d(h, p["W2"], p["b2"])), 2).flatten(1)
    h = torch.relu(F.linear(h, p["W3"], p["b3"]))
    return F.linear(torch.relu(F.linear(h, p["W4"], p["b4"])), p["W5"], p["b5"])


def reference(start, X, y, X_val, y_val, epochs, lr, momentum, batch_size):
    """From the given weights, in float64, batches in row order: weights, losses and accuracies."""
    p = {name: torch.tensor(value).double().requires_grad_() for name, value in start.items()}
    v = {name: torch.zeros_like(value) for name, value in p.items()}
    x, t, x_val = torch.tensor(X).double(), torch.tensor(y), torch.tensor(X_val).double()
    train_loss, val_acc = [], []
    for _ in range(epochs):
        total = 0.0
        for xb, tb in zip(x.split(batch_size), t.split(batch_size), strict=True):
            loss = F.cross_entropy(logits(p, xb), tb)
            gradients = torch.autograd.grad(loss, list(p.values()))
            with torch.no_grad():
                for name, g in zip(p, gradients, strict=True):
                    v[name] = momentum * v[name] + g
                    p[name] -= lr * v[name]
            total += loss.item() * len(tb)
        train_loss.append(total / len(x))
        with torch.no_grad():
            val_acc.append(float(np.mean(logits(p, x_val).argmax(1).numpy() == y_val)))
    return {name: value.detach().numpy() for name, value in p.items()}, train_loss, val_acc


def images(draw, count, classes=3, blocks=False):
    """Random images with labels, half of them again to validate; `blocks` makes squares, so that windows have ties."""
    X = draw.array((count, 1, 2, 2) if blocks else (count, 1, 28, 28), dtype="float32")
    X = np.kron(X, np.ones((1, 1, 14, 14), np.float32)) if blocks else X
    y = np.arange(count) % classes
    return X, y, X[: count // 2 + 1].copy(), y[: count // 2 + 1].copy()


def all_alike(draw, start, count, label):
    """`count` times one image, so that every batch is known: an image that the weights `start` take for another class."""
    found = draw.array((32, 1, 28, 28), dtype="float32")
    scores = logits({name: torch.tensor(value) for name, value in start.items()}, torch.tensor(found)).numpy()
    gap = scores.max(axis=1) - scores[:, label]  # 0 where the label wins already
    best = int(np.where(gap > 0, gap, np.inf).argmin())
    X = np.repeat(found[best : best + 1], count, axis=0)
    return X, np.full(count, label), X[:4].copy(), np.array([label, label, label, 0])


def trained(mine, data, rng, **options):
    got = mine.train_lenet(*data, rng=rng, **options)
    holds(isinstance(got, dict) and set(got) == {"params", "train_loss", "val_acc"}, "the result is not the dict that was asked for", got=sorted(got) if isinstance(got, dict) else got, expected="params, train_loss, val_acc")  # fmt: skip
    return got


def started(mine, data, rng):
    """The weights before the first step, in the order of the table."""
    p = trained(mine, data, rng, epochs=0)["params"]
    return {name: p[name] for name in NAMES}


@draws(2)
def test_start(mine, draw):
    """With epochs=0: ten float32 arrays with the shapes of the table, biases 0, weights as Kaiming asks for ReLU."""
    classes = draw.pick(3, 10)
    data = images(draw, 10, classes)
    got = trained(mine, data, draw.rng(), epochs=0)
    found = {name: (tuple(value.shape), str(value.dtype)) for name, value in got["params"].items()}
    wanted = {name: (shape, "float32") for name, shape in shapes(classes).items()}
    holds(found == wanted, "params has other names, shapes or dtypes", got=found, expected=wanted)
    equal([got["train_loss"], got["val_acc"]], [[], []], "the list of train_loss and val_acc")
    starts = {name: start_of(value) for name, value in got["params"].items()}
    wanted = {name: "spread √(2 / n_in)" if name[0] == "W" else "zeros" for name in starts}
    holds(starts == wanted, "not every parameter starts as it should", got=starts, expected=wanted)


def start_of(values):
    """In words; right code is called wrong less than once in a million runs."""
    if not values.any():
        return "zeros"
    if values.ndim == 1:
        return "not zeros"
    square = (values.astype(float) ** 2).mean() * values[0].size / 2  # 1 on average, for Kaiming's spread
    if abs(square - 1) <= 5.4 * (2 / values.size) ** 0.5:
        return "spread √(2 / n_in)"
    return f"spread about {2 ** round(float(np.log2(square))) ** 0.5:.2g} · √(2 / n_in)"


@draws(1)
def test_defaults(mine, draw):
    """Without further arguments: 4 epochs, lr 0.02, momentum 0.9, batches of 64."""
    trained(mine, images(draw, 4), draw.rng(), epochs=0)
    parameters = inspect.signature(mine.train_lenet).parameters
    wanted = {"epochs": 4, "lr": 0.02, "momentum": 0.9, "batch_size": 64}
    got = {name: parameters[name].default if name in parameters else "missing" for name in wanted}
    equal(got, wanted, "the dict of defaults")


@draws(3)
def test_one_step(mine, draw):
    """The first step changes every parameter by lr times the gradient that PyTorch finds."""
    data = images(draw, 5 + draw.index, blocks=draw.index > 0)
    start = started(mine, data, draw.rng())
    lr = 0.25
    after = trained(mine, data, draw.rng(), epochs=1, lr=lr, batch_size=50)["params"]
    right, _, _ = reference(start, *data, 1, lr, 0.9, 50)
    found = {}
    for name, before in start.items():
        found[name] = likeness((before.astype(float) - after[name]) / lr, (before - right[name]) / lr)
    wanted = dict.fromkeys(found, "the gradient")
    holds(found == wanted, "a step is not lr times the gradient", got=found, expected=wanted)


def likeness(got, wanted):
    """In words, how a gradient that was found from a float32 step lies to the right one."""
    length, right = float(np.linalg.norm(got)), float(np.linalg.norm(wanted))
    if length < 1e-9:
        return "0"
    if float(np.linalg.norm(got - wanted)) < 1e-3 * right:
        return "the gradient"
    along = float((got * wanted).sum()) / right**2
    if float(np.linalg.norm(got - along * wanted)) < 2e-3 * length:
        return f"{along:.3g} times the gradient"
    return f"another direction, cosine {along * right / length:.2f}"


@draws(2)
def test_mini_batches(mine, draw):
    """One step a batch, the short last one included; the epoch's loss weighs every image alike."""
    label, count = draw.pick(2, 4), 5
    blank = np.zeros((count, 1, 28, 28), np.float32)
    start = started(mine, (blank, np.full(count, label), blank, np.full(count, label)), draw.rng())
    data = all_alike(draw, start, count, label)
    options = {"epochs": 2, "lr": 0.004, "momentum": 0.9, "batch_size": draw.pick(2, 3)}
    agree(mine, data, start, options, draw.rng())


@draws(3)
def test_full_batches(mine, draw):
    """With one batch an epoch: weights, losses and accuracies go PyTorch's way, momentum included."""
    data = images(draw, 6, draw.pick(3, 2))
    options = {"epochs": 3, "lr": draw.pick(0.005, 0.01), "momentum": draw.pick(0.9, 0.5, 0.0), "batch_size": 8}
    agree(mine, data, started(mine, data, draw.rng()), options, draw.rng())


def agree(mine, data, start, options, rng):
    """Losses, accuracies and the whole way of the weights are those of PyTorch."""
    got = trained(mine, data, rng, **options)
    params, train_loss, val_acc = reference(start, *data, **options)
    losses, accuracies = {"train_loss": got["train_loss"]}, {"val_acc": got["val_acc"]}
    close(losses, {"train_loss": train_loss}, "the result", rtol=1e-3, atol=1e-4, input=options)
    equal(accuracies, {"val_acc": val_acc}, "the result", input=options)
    found = {name: likeness(start[name] - got["params"][name], start[name] - params[name]) for name in NAMES}
    wanted = dict.fromkeys(found, "the gradient")
    holds(found == wanted, "the sum of all steps is not PyTorch's", got=found, expected=wanted, input=options)


@draws(1)
def test_order_of_batches(mine, draw):
    """Weights and order come from rng: one seed gives one run, another seed another, each epoch has a new order."""
    data = images(draw, 6)
    before = [part.copy() for part in data]
    runs, ends = [], []
    for seed, epochs in ((1, 1), (1, 1), (2, 1), (1, 2)):
        rng = np.random.default_rng(seed)
        runs.append(trained(mine, data, rng, epochs=epochs, batch_size=2)["params"]["W5"])
        ends.append(rng.bit_generator.state)
    holds(
        np.array_equal(runs[0], runs[1]),
        "two runs with equally seeded generators differ",
        got="different weights",
        expected="the same bits",
    )
    holds(
        not np.array_equal(runs[0], runs[2]),
        "two runs with different seeds are the same",
        got="the same weights",
        expected="rng to be used",
    )
    start = np.random.default_rng(1)
    trained(mine, data, start, epochs=0)
    holds(
        ends[0] != start.bit_generator.state,
        "one epoch takes nothing from rng: the order is always the same",
        got="no shuffling",
        expected="a new order from rng",
    )
    holds(
        ends[0] != ends[3],
        "two epochs take no more from rng than one",
        got="one order for all epochs",
        expected="a new order for each epoch",
    )
    for part, was in zip(data, before, strict=True):
        equal(part, was, "the data after the training")


def test_reads_digits(mine):
    """It learns: more than half of a hundred handwritten digits are right after three short epochs."""
    digits = load("digits")
    small = np.concatenate([digits.x_train[:240], digits.x_test[:100]])  # (340, 8, 8)
    X = np.pad(np.kron(small, np.ones((1, 3, 3), np.float32)), ((0, 0), (2, 2), (2, 2)))  # (340, 28, 28)
    X = ((X - X.mean()) / X.std()).astype(np.float32)[:, None]  # (340, 1, 28, 28)
    data = X[:240], digits.y_train[:240], X[240:], digits.y_test[:100]
    got = trained(mine, data, np.random.default_rng(0), epochs=3, batch_size=8)
    finite([got["train_loss"], got["val_acc"]], "the list of losses and accuracies")
    holds(max(got["val_acc"]) > 0.5, "it learns too little", got=got["val_acc"], expected="above 0.5")
