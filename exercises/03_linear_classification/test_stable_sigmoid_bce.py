"""Checks of sigmoid and bce_with_logits against PyTorch's, with the extremes that break the formulas on paper."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from tutor.checks import draws, equal, from_torch, quiet, raises, same

sigmoid = from_torch(torch.sigmoid)
EXTREMES = np.array([50.0, -50.0, 745.0, -745.0, 1000.0, -1000.0, 1e30, -1e30])


@from_torch
def bce_with_logits(z, y):
    return F.binary_cross_entropy_with_logits(z, y).item()


def small_loss(z, y):
    """The loss of predictions that are right, to the last digit; PyTorch's own loses them for negative z."""
    return float(np.log1p(np.exp(-np.abs(z))).mean())


@draws(20)
def test_sigmoid(mine, draw):
    """sigmoid gives PyTorch's numbers for any shape, and keeps shape and dtype."""
    same(mine.sigmoid, sigmoid, draw.array(draw.shape(dims=(1, 4)), scale=draw.pick(1, 10), layout=True))


@draws(20)
def test_bce(mine, draw):
    """bce_with_logits is the mean of PyTorch's loss over all elements, for targets anywhere in [0, 1]."""
    shape = draw.shape(dims=(1, 3))
    soft = np.abs(np.sin(draw.array(shape, scale=3)))  # in [0, 1]
    y = draw.pick(soft, np.round(soft))
    same(mine.bce_with_logits, bce_with_logits, draw.array(shape, scale=draw.pick(1, 10), layout=True), y)


def test_zero(mine):
    """sigmoid(0) is 1/2 and its loss is log 2, whatever the target."""
    z = np.array([0.0, -0.0])
    same(mine.sigmoid, sigmoid, z)
    same(mine.bce_with_logits, bce_with_logits, z, np.array([0.0, 1.0]))


def test_sigmoid_extremes(mine):
    """For enormous z, sigmoid is exactly 0 or 1 and nothing overflows."""
    for z, limit in ((np.array([1000.0, 1e30]), 1.0), (np.array([-1000.0, -1e30]), 0.0)):
        equal(quiet(mine.sigmoid, z), np.full(2, limit), f"sigmoid of {z}", input={"z": z})
    quiet(mine.sigmoid, EXTREMES)
    quiet(mine.sigmoid, np.array([88.0, -88.0, 104.0, -104.0, 1e30, -1e30], dtype=np.float32))


@draws(6)
def test_sigmoid_tail(mine, draw):
    """The small tail keeps its digits: sigmoid(-50) is 1.93e-22, not 0."""
    z = np.append(-np.abs(draw.array(5, scale=150.0)).clip(max=700), -50.0)
    same(mine.sigmoid, sigmoid, z, atol=0.0, dtypes=("float64",), note="compared digit by digit, however small")


def test_bce_extremes(mine):
    """A confident mistake costs its full price: bce(-1000, 1) is 1000, without overflow."""
    for z, y, loss in ((-1000.0, 1.0, 1000.0), (1000.0, 0.0, 1000.0), (1000.0, 1.0, 0.0), (-1e30, 1.0, 1e30)):
        got = quiet(mine.bce_with_logits, np.array([z]), np.array([y]))
        equal(got, loss, f"the loss at z = {z:g}, y = {y:g}", input={"z": np.array([z]), "y": np.array([y])})
    z = EXTREMES[:6]
    same(mine.bce_with_logits, bce_with_logits, z, np.ones(6))
    same(mine.bce_with_logits, bce_with_logits, z, np.full(6, 0.25))
    quiet(mine.bce_with_logits, EXTREMES, np.zeros(8))


@draws(6)
def test_bce_tail(mine, draw):
    """A loss near 0 keeps its digits: bce(40, 1) is 4.248e-18, not 0."""
    size = np.array([40.0 + 10 * draw.int(0, 60)])
    z, y = draw.pick((size, np.ones(1)), (-size, np.zeros(1)))
    same(mine.bce_with_logits, small_loss, z, y, atol=0.0, dtypes=("float64",), note="compared digit by digit")


def test_shapes_must_agree(mine):
    """(N, 1) logits against (N,) targets raise ValueError instead of broadcasting to (N, N)."""
    raises(ValueError, mine.bce_with_logits, np.zeros((3, 1)), np.zeros(3), because="(3, 1) against (3,) is a mistake")
    raises(ValueError, mine.bce_with_logits, np.zeros(3), np.zeros(1), because="(3,) against (1,) is a mistake")
