"""Checks of im2col and col2im against PyTorch's unfold and fold."""

from __future__ import annotations

import numpy as np
import torch.nn.functional as F

from tutor.checks import close, draws, equal, faster_than, from_torch, raises, same


@from_torch
def im2col(x, kh, kw, stride=1, padding=0, dilation=1):
    return F.unfold(x, (kh, kw), dilation, padding, stride)


@from_torch
def col2im(cols, x_shape, kh, kw, stride=1, padding=0, dilation=1):
    return F.fold(cols, x_shape[2:], (kh, kw), dilation, padding, stride)


def setting(draw):
    """A shape (N, C, H, W) whose sizes all differ, and a window that fits: (kh, kw, stride, padding, dilation)."""
    kh, kw = draw.shape(dims=2, low=1, high=4)
    stride, padding, dilation = draw.pick(1, 2, 3), draw.pick(0, 1, 2), draw.pick(1, 1, 2)
    least = [max(1, dilation * (k - 1) + 1 - 2 * padding) for k in (kh, kw)]
    N, C, down, right = draw.shape(dims=4, low=1, high=5)
    H, W = least[0] + down, least[1] + right
    W += H == W  # a square picture hides a mix-up
    return (N, C, H, W), (kh, kw, stride, padding, dilation)


def columns(draw, shape, how):
    """Columns of the right shape for these pictures."""
    kh, kw, stride, padding, dilation = how
    L = 1
    for n, k in zip(shape[2:], (kh, kw), strict=True):
        L *= (n + 2 * padding - dilation * (k - 1) - 1) // stride + 1
    return draw.array((shape[0], shape[1] * kh * kw, L))


def test_example(mine):
    """The example of the task, on a plane of 3 × 4: windows of 2 × 2 as columns, and back."""
    x = np.arange(1.0, 13.0).reshape(1, 1, 3, 4)
    same(mine.im2col, im2col, x, 2, 2)
    same(mine.col2im, col2im, np.arange(24.0).reshape(1, 4, 6), x.shape, 2, 2)


@draws(4)
def test_im2col_plain(mine, draw):
    """im2col without stride, padding or dilation gives PyTorch's unfold: rows by channel and tap, columns by window."""
    x = draw.array(draw.shape(dims=4, low=2, high=6))
    same(mine.im2col, im2col, x, *draw.shape(dims=2, low=1, high=2))


@draws(27)
def test_im2col(mine, draw):
    """im2col gives PyTorch's unfold for any stride, padding and dilation."""
    shape, how = setting(draw)
    same(mine.im2col, im2col, draw.array(shape), *how)


@draws(27)
def test_col2im(mine, draw):
    """col2im gives PyTorch's fold: overlapping windows add up, the border is cut off."""
    shape, how = setting(draw)
    same(mine.col2im, col2im, columns(draw, shape, how), shape, *how)


@draws(4)
def test_adjoint(mine, draw):
    """col2im is the transpose of im2col: <im2col(x), y> = <x, col2im(y)>."""
    shape, how = setting(draw)
    x, y = draw.array(shape), columns(draw, shape, how)
    given = {"x": x, "y": y, "kh, kw, s, p, d": how}
    cols, back = mine.im2col(x, *how), mine.col2im(y, shape, *how)
    equal((cols.shape, back.shape), (y.shape, shape), "the pair of shapes of im2col(x) and col2im(y)", input=given)
    left, right = float((cols * y).sum()), float((x * back).sum())
    close(right, left, "<x, col2im(y)>", rtol=1e-9, atol=1e-9, input=given)


@draws(5)
def test_edges(mine, draw):
    """Handles a window as large as the picture, strides longer than the window, single pixels and an empty batch."""
    shape, how = [
        ((2, 3, 4, 5), (4, 5)),
        ((2, 1, 7, 9), (2, 1, 3)),
        ((1, 1, 1, 1), (1, 1)),
        ((0, 2, 4, 3), (2, 3)),
        ((1, 2, 1, 6), (1, 3, 2, 1)),
    ][draw.index]
    full = (*how, *(1, 0, 1)[len(how) - 2 :])
    same(mine.im2col, im2col if shape[0] else empty, draw.array(shape), *how)
    if shape[0]:
        same(mine.col2im, col2im, columns(draw, shape, full), shape, *how)
    else:
        same(mine.col2im, lambda cols, x_shape, *how: np.zeros(x_shape, cols.dtype), np.zeros((0, 12, 3)), shape, *how)


def empty(x, kh, kw):
    """PyTorch refuses an empty batch here; NumPy has no reason to."""
    return np.zeros((0, x.shape[1] * kh * kw, (x.shape[2] - kh + 1) * (x.shape[3] - kw + 1)), dtype=x.dtype)


@draws(5)
def test_layouts(mine, draw):
    """Takes transposed, strided, reversed and read-only arrays, and gives results of its own memory."""
    shape, how = setting(draw)
    same(mine.im2col, im2col, draw.layout(draw.array(shape)), *how)
    same(mine.col2im, col2im, draw.layout(columns(draw, shape, how)), shape, *how)


@draws(3)
def test_one_tap(mine, draw):
    """A window of 1 × 1 only reshapes, and still copies: writing into the columns leaves the pictures alone."""
    x = draw.array(draw.shape(dims=4, low=2, high=5))
    same(mine.im2col, im2col, x, 1, 1)
    same(mine.col2im, col2im, x.reshape(*x.shape[:2], -1), x.shape, 1, 1)


@draws(3)
def test_refuses_a_window_that_does_not_fit(mine, draw):
    """Raises ValueError when the window is larger than the padded picture, in height or in width."""
    kh, kw, dilation = [(4, 2, 1), (2, 6, 1), (2, 3, 3)][draw.index]
    x = draw.array((2, 1, 3, 5))
    raises(ValueError, mine.im2col, x, kh, kw, 1, 0, dilation, because="the window does not fit into 3 × 5 pixels")


def test_no_loop_over_pixels(mine):
    """Is much faster than a loop over the windows, forwards and backwards."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 2, 30, 30))
    faster_than(mine.im2col, window_by_window, 0.5, x, 3, 3)
    faster_than(mine.col2im, scatter_window_by_window, 0.5, rng.normal(size=(2, 18, 784)), x.shape, 3, 3)


def window_by_window(x, kh, kw):
    """One column after the other."""
    H_out, W_out = x.shape[2] - kh + 1, x.shape[3] - kw + 1
    windows = [x[:, :, r : r + kh, q : q + kw].reshape(len(x), -1) for r in range(H_out) for q in range(W_out)]
    return np.stack(windows, axis=2)


def scatter_window_by_window(cols, x_shape, kh, kw):
    """One column after the other."""
    x = np.zeros(x_shape, dtype=cols.dtype)
    W_out = x_shape[3] - kw + 1
    for column in range(cols.shape[2]):
        r, q = divmod(column, W_out)
        x[:, :, r : r + kh, q : q + kw] += cols[:, :, column].reshape(len(x), x_shape[1], kh, kw)
    return x
