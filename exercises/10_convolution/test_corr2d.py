"""Checks of corr2d and conv2d_true against PyTorch's conv2d."""

from __future__ import annotations

import numpy as np
import torch.nn.functional as F

from tutor.checks import draws, from_torch, raises, same


@from_torch
def corr2d(x, k):
    return F.conv2d(x[None, None], k[None, None])[0, 0]


@from_torch
def conv2d_true(x, k):
    return F.conv2d(x[None, None], k.flip(0, 1)[None, None])[0, 0]


def picture_and_kernel(draw):
    """A picture that is not square, and a kernel that is neither square nor symmetric nor as large."""
    kh, kw, down, right = draw.shape(dims=4, low=1, high=6)
    return draw.array((kh + down, kw + right)), draw.array((kh, kw))


@draws(16)
def test_corr2d(mine, draw):
    """corr2d gives PyTorch's conv2d for pictures and kernels of any size."""
    same(mine.corr2d, corr2d, *picture_and_kernel(draw))


@draws(16)
def test_conv2d_true(mine, draw):
    """conv2d_true gives the same with the kernel turned by 180 degrees, rows and columns."""
    same(mine.conv2d_true, conv2d_true, *picture_and_kernel(draw))


@draws(8)
def test_shifted_dot(mine, draw):
    """A single bright pixel gives the kernel back: turned by corr2d, as it is by conv2d_true."""
    kh, kw = draw.shape(dims=2, low=2, high=4)
    k, x = draw.array((kh, kw)), np.zeros((2 * kh - 1, 2 * kw - 1))
    x[kh - 1, kw - 1] = 1.0  # in the middle: every window sees it
    same(mine.corr2d, corr2d, x, k)
    same(mine.conv2d_true, conv2d_true, x, k)


@draws(8)
def test_kernel_as_large_as_the_picture(mine, draw):
    """A kernel as large as the picture, in one direction or in both, is fine: it has one place there."""
    H, W = draw.shape(dims=2, low=1, high=5)
    kh, kw = draw.pick((H, W), (H, 1), (1, W), (1, 1))
    x, k = draw.array((H, W)), draw.array((kh, kw))
    same(mine.corr2d, corr2d, x, k)
    same(mine.conv2d_true, conv2d_true, x, k)


@draws(8)
def test_layouts(mine, draw):
    """Takes transposed, strided, reversed and read-only arrays."""
    x, k = picture_and_kernel(draw)
    same(mine.corr2d, corr2d, draw.layout(x), draw.layout(k))
    same(mine.conv2d_true, conv2d_true, draw.layout(x), draw.layout(k))


@draws(4)
def test_refuses_a_larger_kernel(mine, draw):
    """Raises ValueError when the kernel is higher or wider than the picture, by one or by more."""
    picture, kernel = [((3, 5), (4, 2)), ((5, 3), (2, 4)), ((3, 4), (4, 3)), ((2, 2), (5, 7))][draw.index]
    x, k = draw.array(picture), draw.array(kernel)
    raises(ValueError, mine.corr2d, x, k, because=f"{kernel} does not fit into {picture}")
    raises(ValueError, mine.conv2d_true, x, k, because=f"{kernel} does not fit into {picture}")
