"""Checks of unbroadcast against the backward pass of torch's expand."""

import math

import numpy as np
import torch

from tutor.checks import draws, same

PAIRS = (
    ((3,), (2, 3)),
    ((), (4,)),
    ((1,), (4,)),
    ((3, 1), (3, 4)),
    ((1, 3), (2, 3)),
    ((3, 1, 5), (2, 3, 4, 5)),
    ((1, 1), (2, 3)),
    ((), (2, 3)),
    ((1, 4, 1), (2, 3, 4, 5)),
    ((2, 1), (2, 1)),
    ((3,), (3, 3)),
    ((2, 1), (2, 2, 2)),
)


def unbroadcast(grad, shape):
    up = torch.from_numpy(grad.copy())
    x = torch.zeros(shape, dtype=up.dtype, requires_grad=True)
    x.expand(up.shape).backward(up)
    return x.grad.numpy()


def agree(mine, grad, shape):
    same(mine.unbroadcast, unbroadcast, grad, shape, may_alias=grad.size == math.prod(shape))


@draws(12)
def test_pairs(mine, draw):
    """Gives the gradient of the array before it was stretched, in exactly its shape, whatever sizes are equal."""
    shape, stretched = PAIRS[draw.index]
    agree(mine, draw.array(stretched), shape)


@draws(24)
def test_any_stretching(mine, draw):
    """Sums over any mixture of new axes in front and stretched axes of size 1."""
    full = draw.shape(dims=(1, 4), high=5)
    new = draw.int(0, len(full))
    shape = tuple(1 if draw.bool() else n for n in full[new:])
    agree(mine, draw.array(full, scale=draw.pick(1, 100)), shape)


@draws(4)
def test_nothing_stretched(mine, draw):
    """Gives the same values when the shapes are equal, also for a single number."""
    shape = [(), (3,), (1, 1), (2, 4, 3)][draw.index]
    agree(mine, draw.array(shape), shape)


@draws(8)
def test_layouts(mine, draw):
    """Takes transposed, strided, reversed and read-only arrays."""
    shape, stretched = PAIRS[draw.index]
    agree(mine, draw.layout(draw.array(stretched)), shape)


@draws(4)
def test_empty(mine, draw):
    """Handles axes of size 0: a sum over nothing is 0."""
    shape, stretched = [((0, 3), (2, 0, 3)), ((1, 3), (0, 3)), ((3,), (0, 3)), ((), (0,))][draw.index]
    agree(mine, np.zeros(stretched), shape)
