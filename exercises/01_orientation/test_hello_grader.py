"""Checks of hello-grader."""

import numpy as np
import torch

from tutor.checks import draws, from_torch, same


@from_torch
def affine(x, a, b):
    return torch.add(torch.mul(x, a), b)


@draws(20)
def test_values(mine, draw):
    """Computes a * x + b for every entry, whatever the shape of x."""
    x = draw.array(draw.shape(dims=(1, 4))).round(1)  # few digits: the first failure can be worked out by hand
    a = draw.pick(1, -1) * round(draw.float(0.5, 2.5), 1)
    same(mine.affine, affine, x, a, round(draw.float(-2, 2), 1))


@draws(4)
def test_special_numbers(mine, draw):
    """Is right for a = 0, for b = 0 and for the identity a = 1, b = 0."""
    a, b = [(0.0, 1.5), (2.5, 0.0), (1.0, 0.0), (0.0, 0.0)][draw.index]
    same(mine.affine, affine, draw.array(draw.shape(dims=(1, 3))), a, b)


@draws(4)
def test_edge_shapes(mine, draw):
    """Keeps the shape of a single number () and of empty arrays such as (0,) and (2, 0, 3)."""
    x = draw.array([(), (0,), (1, 1), (2, 0, 3)][draw.index])
    same(mine.affine, affine, x, draw.float(-2, 2), draw.float(-2, 2))


@draws(8)
def test_layouts(mine, draw):
    """Takes transposed, strided and read-only arrays."""
    x = draw.layout(draw.array(draw.shape(dims=(1, 3))))
    same(mine.affine, affine, x, draw.float(-2, 2), draw.float(-2, 2))


def test_overflow(mine):
    """Lets too large numbers become inf, as PyTorch does, instead of raising an error."""
    x = np.array([1e30, -1e30, 1.0], dtype=np.float32)
    same(mine.affine, affine, x, 1e25, 2.0, dtypes=("float32",))
