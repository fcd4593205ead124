"""Checks of cross_entropy, loss and gradient, against torch.nn.functional.cross_entropy and autograd."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from tutor.checks import draws, gradients, quiet, raises, same


def cross_entropy(logits, targets, *, ignore_index=-100, label_smoothing=0.0):
    z = torch.tensor(np.array(logits), requires_grad=True)
    y = torch.tensor(np.array(targets), dtype=torch.int64)
    loss = F.cross_entropy(z, y, ignore_index=ignore_index, label_smoothing=label_smoothing)
    loss.backward()
    return loss.item(), z.grad.numpy()


def problem(draw, low=2, scale=2.0):
    """Logits (N, C) and targets (N,), N and C different."""
    samples, classes = draw.shape(dims=2, low=low, high=7)
    return draw.array((samples, classes), scale=scale), draw.labels(samples, classes)


@draws(20)
def test_plain(mine, draw):
    """Loss and gradient are PyTorch's for logits of any size."""
    logits, targets = problem(draw, scale=draw.pick(1, 5, 30))
    same(mine.cross_entropy, cross_entropy, draw.layout(logits), targets)


@draws(20)
def test_ignored_rows(mine, draw):
    """Rows whose target is ignore_index count neither in the sum nor in the number divided by; their gradient is 0."""
    logits, targets = problem(draw)
    index = draw.pick(-100, -1, 0, 1, 99)
    targets[draw.array(len(targets), dtype="bool")] = index
    targets[draw.int(0, len(targets) - 1)] = 1 - index if index in (0, 1) else 0  # at least one row is kept
    same(mine.cross_entropy, cross_entropy, logits, targets, ignore_index=index)


@draws(4)
def test_ignored_rows_hold_anything(mine, draw):
    """What an ignored row holds does not matter, not even a logit of -inf."""
    logits, targets = draw.array((4, 3)), draw.labels(4, 3)
    row = draw.int(0, 3)
    logits[row, draw.pick(0, 1, 2)] = -np.inf
    targets[row] = -100
    same(mine.cross_entropy, cross_entropy, logits, targets)


@draws(20)
def test_label_smoothing(mine, draw):
    """label_smoothing mixes the targets with the uniform distribution over all classes, as in PyTorch."""
    logits, targets = problem(draw)
    if draw.bool():
        targets[1:][draw.array(len(targets) - 1, dtype="bool")] = -100
    same(mine.cross_entropy, cross_entropy, logits, targets, label_smoothing=draw.pick(0.1, 0.5, 1.0))


@draws(4)
def test_slopes(mine, draw):
    """The gradient agrees with finite differences of the loss."""
    logits, targets = problem(draw, low=3)
    _, dlogits = mine.cross_entropy(logits, targets, label_smoothing=0.2)
    gradients(
        lambda at: mine.cross_entropy(at, targets, label_smoothing=0.2)[0],
        logits,
        dlogits,
        what="dlogits",
        directions=6,
    )


@draws(6)
def test_enormous_logits(mine, draw):
    """Logits of ±10 000: the loss may be 20 000 but never inf or nan, and nothing warns."""
    logits = np.array([[1e4, -1e4, 0.0], [-1e4, 1e4, 5.0], [0.0, 1000.0, -1000.0]])
    logits, targets = logits * draw.pick(1, 1000), draw.labels(3, 3)
    same(mine.cross_entropy, cross_entropy, logits, targets, label_smoothing=draw.pick(0.0, 0.1))
    quiet(mine.cross_entropy, logits, targets)


@draws(4)
def test_float32_digits(mine, draw):
    """In float32, loss and gradient are as exact for logits near 10 000 as for small ones."""
    logits = np.round(draw.array((3, 4), scale=2) * 64) / 64 + draw.pick(1e4, -1e4)
    same(mine.cross_entropy, cross_entropy, logits, draw.labels(3, 4), dtypes=("float32",))


@draws(6)
def test_class_ruled_out(mine, draw):
    """A logit of -inf on a class that is not the target adds nothing to the loss; its gradient is 0."""
    logits, targets = draw.array((3, 4)), np.array([0, 2, 3])
    logits[draw.int(0, 2), 1] = -np.inf
    same(mine.cross_entropy, cross_entropy, logits, targets)


@draws(3)
def test_everything_ignored(mine, draw):
    """With every row ignored the loss is nan and the gradient 0, without an exception."""
    rows = draw.pick(1, 3)
    same(mine.cross_entropy, cross_entropy, draw.array((rows, 4)), np.full(rows, -100))
    same(mine.cross_entropy, cross_entropy, draw.array((rows, 4)), np.full(rows, 2), ignore_index=2)


@draws(8)
def test_small_shapes(mine, draw):
    """One sample is enough, and with one class the loss is 0."""
    samples, classes = draw.pick((1, 3), (1, 1), (3, 1), (1, 2))
    smoothing = draw.pick(0.0, 0.3)
    same(
        mine.cross_entropy,
        cross_entropy,
        draw.array((samples, classes)),
        draw.labels(samples, classes),
        label_smoothing=smoothing,
    )


@draws(3)
def test_integer_types(mine, draw):
    """Targets may have any signed integer type, and be read-only."""
    logits, targets = problem(draw)
    targets = targets.astype(draw.pick("int32", "int16", "int8"))
    targets.flags.writeable = False
    same(mine.cross_entropy, cross_entropy, logits, targets)


def test_targets_out_of_range(mine):
    """A target that is neither a class nor ignore_index raises ValueError (or IndexError)."""
    logits, errors = np.zeros((2, 3)), (ValueError, IndexError)
    raises(errors, mine.cross_entropy, logits, np.array([0, 3]), because="3 is not one of the classes 0, 1, 2")
    raises(errors, mine.cross_entropy, logits, np.array([-1, 0]), because="-1 is not a class, though NumPy takes it")
    raises(errors, mine.cross_entropy, logits, np.array([-100, 0]), ignore_index=0, because="-100 is not ignored here")
