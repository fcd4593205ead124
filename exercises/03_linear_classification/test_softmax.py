"""Checks of softmax, log_softmax and logsumexp against PyTorch's."""

from __future__ import annotations

import numpy as np
import torch

from tutor.checks import draws, from_torch, quiet, same


@from_torch
def softmax(z, axis=-1):
    return torch.softmax(z, dim=axis)


@from_torch
def log_softmax(z, axis=-1):
    return torch.log_softmax(z, dim=axis)


@from_torch
def logsumexp(z, axis=-1, keepdims=False):
    return torch.logsumexp(z, dim=axis, keepdim=keepdims)


@draws(24)
def test_softmax(mine, draw):
    """softmax gives PyTorch's numbers for any shape, along any axis."""
    z = draw.array(draw.shape(dims=(1, 4)), scale=draw.pick(1, 5), layout=True)
    same(mine.softmax, softmax, z, axis=draw.dim(z))


@draws(16)
def test_logsumexp(mine, draw):
    """logsumexp gives PyTorch's numbers, and drops or keeps the axis as asked."""
    z = draw.array(draw.shape(dims=(1, 4)), scale=5, layout=True)
    same(mine.logsumexp, logsumexp, z, axis=draw.dim(z), keepdims=draw.bool())


@draws(16)
def test_log_softmax(mine, draw):
    """log_softmax gives PyTorch's numbers for any shape, along any axis."""
    z = draw.array(draw.shape(dims=(1, 4)), scale=draw.pick(1, 5), layout=True)
    same(mine.log_softmax, log_softmax, z, axis=draw.dim(z))


@draws(3)
def test_defaults(mine, draw):
    """Called with the logits alone, all three work along the last axis, and logsumexp drops it."""
    z = draw.array((3, 2, 4))
    same(mine.softmax, softmax, z)
    same(mine.log_softmax, log_softmax, z)
    same(mine.logsumexp, logsumexp, z)
    same(mine.logsumexp, logsumexp, z, 0, True)


@draws(10)
def test_large_logits(mine, draw):
    """Logits of ±10 000 overflow nowhere: no inf, no nan, no warning."""
    shape = draw.shape(dims=(1, 3), low=2, high=5)
    z = draw.array(shape, scale=draw.pick(1, 1e4)) + draw.pick(1e4, -1e4, 800.0)
    axis = draw.dim(z)
    for name, reference in (("softmax", softmax), ("log_softmax", log_softmax), ("logsumexp", logsumexp)):
        same(getattr(mine, name), reference, z, axis=axis)
        quiet(getattr(mine, name), z, axis=axis)


@draws(4)
def test_rows_far_apart(mine, draw):
    """A row far below its neighbours is as good as they are: each row has its own maximum."""
    z = draw.array((3, 4))
    z = z + np.array([[1e4], [-1e4], [0.0]])  # (3, 1): one height a row
    z, axis = (z, 1) if draw.bool() else (z.T, 0)
    same(mine.softmax, softmax, z, axis=axis)
    same(mine.log_softmax, log_softmax, z, axis=axis)
    same(mine.logsumexp, logsumexp, z, axis=axis)


@draws(4)
def test_small_probabilities(mine, draw):
    """A tiny probability keeps its digits, and its logarithm stays finite when it rounds to 0."""
    z = draw.array((3, 5), scale=100.0)
    same(mine.softmax, softmax, z, atol=0.0, dtypes=("float64",), note="compared digit by digit, however small")
    gap = np.array([[0.0, 1000.0], [-2000.0, 0.0]])
    same(mine.log_softmax, log_softmax, gap)
    same(mine.log_softmax, log_softmax, z * 10)


@draws(4)
def test_no_digits_lost(mine, draw):
    """In float32, log_softmax is as exact for logits near 10 000 as for small ones."""
    z = np.round(draw.array((3, 4), scale=2) * 64) / 64 + draw.pick(1e4, -1e4)
    same(mine.log_softmax, log_softmax, z, dtypes=("float32",))


@draws(5)
def test_impossible_classes(mine, draw):
    """A logit of -inf has probability exactly 0 and log-probability -inf."""
    z = draw.array((4, 5))
    z[draw.array((4, 5), dtype="bool")] = -np.inf
    z[:, draw.int(0, 4)] = draw.array(4)  # at least one possible class a row
    same(mine.softmax, softmax, z, axis=1)
    same(mine.log_softmax, log_softmax, z, axis=1)
    same(mine.logsumexp, logsumexp, z, axis=1)


@draws(3)
def test_nothing_possible(mine, draw):
    """A row of -inf only: logsumexp is -inf there, softmax and log_softmax are NaN, other rows are unharmed."""
    z = draw.array((3, 4))
    z[draw.int(0, 2)] = -np.inf
    same(mine.logsumexp, logsumexp, z, axis=1, keepdims=draw.bool())
    same(mine.softmax, softmax, z, axis=1)
    same(mine.log_softmax, log_softmax, z, axis=1)


@draws(3)
def test_nan_stays_visible(mine, draw):
    """A NaN makes its own row NaN, so that the mistake upstream is seen, and no other row."""
    z = draw.array((3, 4))
    z[draw.int(0, 2), draw.int(0, 3)] = np.nan
    same(mine.softmax, softmax, z, axis=1)
    same(mine.log_softmax, log_softmax, z, axis=1)
    same(mine.logsumexp, logsumexp, z, axis=1)


def test_extreme_shapes(mine):
    """One class has probability 1; an empty batch keeps its shape; logits of ±3e38 work in float32."""
    one = np.array([[3.0], [-1e5]])
    empty = np.zeros((0, 3))
    edge = np.array([[3e38, -3e38], [3e38, 3e38]], dtype=np.float32)
    for z in (one, empty, edge):
        dtypes = ("float32",) if z is edge else ("float64", "float32")
        same(mine.softmax, softmax, z, axis=1, dtypes=dtypes)
        same(mine.log_softmax, log_softmax, z, axis=1, dtypes=dtypes)
        same(mine.logsumexp, logsumexp, z, axis=1, dtypes=dtypes)
