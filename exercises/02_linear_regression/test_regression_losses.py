"""Checks of regression-losses."""

import numpy as np
import torch
from torch.nn import functional as F

from tutor.checks import draws, raises, same


def regression_loss(pred, target, kind="mse", reduction="mean", delta=1.0):
    """PyTorch's losses and autograd."""
    p = torch.from_numpy(np.array(pred)).requires_grad_()
    t = torch.from_numpy(np.array(target))
    if kind == "mse":
        loss = F.mse_loss(p, t, reduction=reduction)
    elif kind == "l1":
        loss = F.l1_loss(p, t, reduction=reduction)
    else:
        loss = F.huber_loss(p, t, reduction=reduction, delta=delta)
    loss.sum().backward()
    return loss.detach().numpy(), p.grad.numpy()


def pair(draw, shape):
    return draw.array(shape), draw.array(shape)


@draws(18)
def test_values_and_gradients(mine, draw):
    """Gives PyTorch's loss and gradient for every kind and reduction."""
    kind, reduction = draw.pick("mse", "l1", "huber"), draw.pick("mean", "sum", "none")
    same(mine.regression_loss, regression_loss, *pair(draw, draw.shape(dims=(1, 3))), kind, reduction)


@draws(9)
def test_delta(mine, draw):
    """Takes Huber's delta, above and below 1."""
    pred, target = pair(draw, draw.shape(dims=(1, 2), low=3))
    same(
        mine.regression_loss,
        regression_loss,
        2 * pred,
        target,
        "huber",
        draw.pick("mean", "sum", "none"),
        delta=draw.pick(0.3, 1.7, 1.0),
    )


def test_defaults(mine):
    """Is the mean squared error unless told otherwise."""
    same(mine.regression_loss, regression_loss, np.array([3.0, 1.0]), np.array([1.0, 1.5]))


@draws(9)
def test_at_the_corners(mine, draw):
    """Is right at an error of exactly 0 and at |error| = delta."""
    kind, reduction = draw.pick("mse", "l1", "huber"), draw.pick("mean", "sum", "none")
    target = np.array([1.0, 2.0, -1.0, 0.5])
    error = np.array([0.0, 0.5, -0.5, 2.0])
    same(mine.regression_loss, regression_loss, target + error, target, kind, reduction, delta=0.5)


@draws(9)
def test_edge_shapes(mine, draw):
    """Handles a single number of shape (), axes of length 1, and the sum over an empty array."""
    kind, shape = draw.pick("mse", "l1", "huber"), draw.pick((), (1, 1), (0, 2))
    for reduction in ("sum", "none") if shape == (0, 2) else ("sum", "mean", "none"):
        same(mine.regression_loss, regression_loss, *pair(draw, shape), kind, reduction)


@draws(8)
def test_layouts(mine, draw):
    """Takes transposed, strided and read-only arrays."""
    pred, target = pair(draw, draw.shape(dims=(1, 3)))
    same(mine.regression_loss, regression_loss, draw.layout(pred), draw.layout(target), draw.pick("mse", "l1", "huber"))


@draws(3)
def test_huge_errors(mine, draw):
    """With errors of 1e200, mse overflows to inf as in PyTorch, while l1 and huber stay finite."""
    pred, target = np.array([1e200, -1e200, 1.0]), np.array([0.0, 1.0, 1.5])
    same(
        mine.regression_loss,
        regression_loss,
        pred,
        target,
        draw.pick("mse", "l1", "huber"),
        "none",
        dtypes=("float64",),
    )


@draws(4)
def test_refuses_unequal_shapes(mine, draw):
    """Raises ValueError for unequal shapes, even where they would broadcast."""
    left, right = [((3, 1), (3,)), ((3,), (3, 1)), ((2, 3), (3,)), ((4,), (1,))][draw.index]
    raises(ValueError, mine.regression_loss, draw.array(left), draw.array(right), because=f"{left} is not {right}")


def test_refuses_unknown_kinds(mine):
    """Raises ValueError for a kind other than mse, l1 and huber."""
    for kind in ("l2", "MSE", ""):
        raises(
            ValueError, mine.regression_loss, np.ones(2), np.zeros(2), kind, because=f"{kind!r} is not a kind of loss"
        )


def test_refuses_unknown_reductions(mine):
    """Raises ValueError for a reduction other than mean, sum and none."""
    for reduction in ("average", "Mean", ""):
        raises(
            ValueError,
            mine.regression_loss,
            np.ones(2),
            np.zeros(2),
            "mse",
            reduction,
            because=f"{reduction!r} is no reduction",
        )
