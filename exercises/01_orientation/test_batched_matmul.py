"""Checks of batched-matmul."""

import numpy as np
import torch

from tutor.checks import draws, faster_than, from_torch, raises, same

bmm = from_torch(torch.bmm)


def stacks(draw, b, n, m, k, scale=0.5):
    return draw.array((b, n, m), scale=scale), draw.array((b, m, k), scale=scale)


@draws(20)
def test_values(mine, draw):
    """Gives torch.bmm's values for any b, n, m and k."""
    b, n, m, k = draw.shape(dims=4, high=7)
    same(mine.bmm, bmm, *stacks(draw, b, n, m, k))


@draws(5)
def test_square(mine, draw):
    """Is right when all sizes are equal, so that no shape can give a wrong axis away."""
    size = draw.index + 1
    same(mine.bmm, bmm, *stacks(draw, size, size, size, size))


@draws(5)
def test_edge_sizes(mine, draw):
    """Handles single rows and columns, an empty batch, and m = 0, where every sum is 0."""
    b, n, m, k = [(1, 1, 1, 1), (3, 1, 2, 1), (0, 2, 3, 4), (2, 3, 0, 4), (2, 0, 3, 1)][draw.index]
    same(mine.bmm, bmm, *stacks(draw, b, n, m, k))


@draws(8)
def test_layouts(mine, draw):
    """Takes transposed, strided and read-only arrays."""
    X, Y = stacks(draw, *draw.shape(dims=4, high=4))
    same(mine.bmm, bmm, draw.layout(X), draw.layout(Y))


def test_large_entries(mine):
    """Keeps the relative accuracy with entries of up to 1e15."""
    X = np.array([[[1e15, 3e14], [1.0, 2.0]]])
    Y = np.array([[[2e15, 1.0, 7.0], [5e14, 1e15, 2.0]]])
    same(mine.bmm, bmm, X, Y, dtypes=("float64",))


@draws(3)
def test_refuses_other_inner_sizes(mine, draw):
    """Raises ValueError when the inner sizes differ, also where broadcasting would stretch a 1."""
    left, right = [((2, 3, 4), (2, 5, 6)), ((2, 3, 1), (2, 5, 6)), ((2, 3, 5), (2, 1, 6))][draw.index]
    raises(ValueError, mine.bmm, draw.array(left), draw.array(right), because=f"{left} does not fit {right}")


@draws(3)
def test_refuses_other_batch_sizes(mine, draw):
    """Raises ValueError when the batch sizes differ, also where broadcasting would stretch a 1."""
    left, right = [((2, 3, 4), (3, 4, 5)), ((1, 3, 4), (2, 4, 5)), ((2, 3, 4), (1, 4, 5))][draw.index]
    raises(ValueError, mine.bmm, draw.array(left), draw.array(right), because=f"{left} does not fit {right}")


def test_is_one_array_expression(mine):
    """Is much faster than a Python loop over a batch of hundreds of small matrices."""
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(500, 2, 3)), rng.normal(size=(500, 3, 2))
    faster_than(mine.bmm, loop_over_batch, 0.3, X, Y)


def loop_over_batch(X, Y):
    return np.stack([(x[:, :, None] * y[None, :, :]).sum(1) for x, y in zip(X, Y, strict=True)])
