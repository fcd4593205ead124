"""Checks of pairwise-sq-dist."""

import numpy as np
import torch

from tutor.checks import close, draws, faster_than, from_torch, holds, measure, same


@from_torch
def sq_dist(A, B):
    return torch.cdist(A, B, compute_mode="donot_use_mm_for_euclid_dist") ** 2


def agree(mine, A, B):
    same(mine.pairwise_sq_dist, sq_dist, A, B, dtypes=("float64",))
    same(mine.pairwise_sq_dist, sq_dist, A, B, dtypes=("float32",), rtol=1e-3, atol=1e-4)  # cancellation is allowed


def points(draw, N, M, D):
    return draw.array((N, D)), draw.array((M, D))


@draws(20)
def test_values(mine, draw):
    """Gives the squared values of torch.cdist for any N, M and D."""
    agree(mine, *points(draw, *draw.shape(dims=3, high=7)))


@draws(4)
def test_square(mine, draw):
    """Is right when N = M, so that no shape can give a swapped axis away."""
    agree(mine, *points(draw, draw.index + 2, draw.index + 2, 3))


@draws(4)
def test_edge_sizes(mine, draw):
    """Handles one point, one dimension, and no points at all."""
    N, M, D = [(1, 1, 1), (4, 3, 1), (0, 3, 2), (3, 0, 2)][draw.index]
    agree(mine, *points(draw, N, M, D))


@draws(8)
def test_layouts(mine, draw):
    """Takes transposed, strided and read-only arrays."""
    A, B = points(draw, *draw.shape(dims=3, high=5))
    agree(mine, draw.layout(A), draw.layout(B))


@draws(5)
def test_never_negative(mine, draw):
    """Gives no negative number and a tiny diagonal for the distances of points to themselves, also far from 0."""
    A = draw.array((40, 3)) + 1e4 * draw.index
    got = mine.pairwise_sq_dist(A, A.copy())
    holds(bool((got >= 0).all()), "a squared distance is negative", got=got, expected="no entry below 0", input=A)
    close(
        got, sq_dist(A, A), "the distances of points to themselves", rtol=1e-9, atol=1e-12 if draw.index == 0 else 1e-4
    )


def cloud(N, M, D):
    rng = np.random.default_rng(0)
    return rng.normal(size=(N, D)).astype(np.float32), rng.normal(size=(M, D)).astype(np.float32)


def test_small_memory(mine):
    """Needs memory for a few arrays of shape (N, M), not for one of shape (N, M, D)."""
    A, B = cloud(200, 150, 64)
    used = measure(mine.pairwise_sq_dist, A, B).peak_bytes / (200 * 150 * 4)
    holds(
        used < 20,
        "the temporary arrays take more than 20 times the memory of the result",
        got="more than 20 x (N, M)",
        expected="a few times (N, M)",
        input={"A": A, "B": B},
    )


def test_fast(mine):
    """Is faster than a Python loop over the points of A or of B, also when both have equally many."""
    faster_than(mine.pairwise_sq_dist, loop_over_A, 0.5, *cloud(600, 20, 4))
    faster_than(mine.pairwise_sq_dist, loop_over_B, 0.5, *cloud(20, 600, 4))
    faster_than(mine.pairwise_sq_dist, loop_over_A, 0.5, *cloud(150, 150, 4))


def loop_over_A(A, B):
    return np.stack([((a - B) ** 2).sum(axis=1) for a in A])


def loop_over_B(A, B):
    return np.stack([((A - b) ** 2).sum(axis=1) for b in B], axis=1)
