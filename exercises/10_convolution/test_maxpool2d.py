"""Checks of maxpool2d and its backward pass against PyTorch's."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, from_torch, holds, raises, same


@from_torch
def maxpool2d(x, k, stride=None, padding=0):
    return F.max_pool2d(x, k, stride, padding, return_indices=True)


def maxpool2d_backward(dout, idx, x_shape):
    """Added up entry by entry."""
    dx = np.zeros(x_shape, dtype=dout.dtype)
    for (n, c, _, _), place, error in zip(np.ndindex(idx.shape), idx.flat, dout.flat, strict=True):
        dx[n, c, place // x_shape[3], place % x_shape[3]] += error
    return dx


def setting(draw):
    """Feature maps whose sizes differ from each other, and a window that fits."""
    k, stride = draw.pick(2, 3, 1, 4), draw.pick(None, 1, 2, 3)
    padding = draw.int(0, k // 2)
    N, C, down, right = draw.shape(dims=4, low=1, high=6)
    H, W = (max(1, k - 2 * padding) + more for more in (down, right))
    W += H == W  # a square plane hides a mix-up
    return (N, C, H, W), (k, stride, padding)


@draws(3)
def test_example(mine, draw):
    """A small plane of different whole numbers: the maxima of 2 × 2 windows, side by side or overlapping."""
    x = draw.rng().permutation(12).astype(float).reshape(1, 1, 3, 4)
    same(mine.maxpool2d, maxpool2d, x, 2, draw.pick(1, None))


@draws(24)
def test_maxpool2d(mine, draw):
    """maxpool2d gives PyTorch's maxima and places for any window, stride and padding."""
    shape, how = setting(draw)
    same(mine.maxpool2d, maxpool2d, draw.array(shape), *how)


@draws(12)
def test_ties(mine, draw):
    """Of several maxima in a window the first one wins, in row-major order."""
    shape, how = setting(draw)
    x = np.round(draw.array(shape, scale=0.7))  # few different numbers
    same(mine.maxpool2d, maxpool2d, x if draw.bool() else np.full_like(x, draw.pick(-2.5, 0.0)), *how)


@draws(8)
def test_negative_with_padding(mine, draw):
    """The border never wins: with negative numbers everywhere the maxima are negative, and their places are real."""
    k = draw.pick(2, 3)
    x = -10.0 - np.abs(draw.array(draw.shape(dims=4, low=2, high=5)))
    same(mine.maxpool2d, maxpool2d, x, k, draw.pick(1, 2), 1)


@draws(4)
def test_minus_infinity(mine, draw):
    """The border does not even win against -inf: the place is that of the first real pixel."""
    x = draw.array(draw.shape(dims=4, low=2, high=5))
    x[draw.array(x.shape, dtype="bool")] = -np.inf
    x[0] = -np.inf
    same(mine.maxpool2d, maxpool2d, x, draw.pick(2, 3), 1, 1)


@draws(3)
def test_nan(mine, draw):
    """A NaN makes the maxima of its windows NaN, and no others."""
    x = draw.array((2, 3, 4, 5))
    x[1, draw.int(0, 2), draw.int(0, 3), draw.int(0, 4)] = np.nan
    how = draw.pick((2, 1), (3, 1), (2, 2))
    y, _ = mine.maxpool2d(x, *how)
    close(y, maxpool2d(x, *how)[0], "y", input={"x": x, "k, stride": how})


@draws(24)
def test_backward(mine, draw):
    """maxpool2d_backward sends each gradient to the winner, and adds up where a pixel won several windows."""
    shape, how = setting(draw)
    idx = maxpool2d(draw.array(shape), *how)[1]
    same(mine.maxpool2d_backward, maxpool2d_backward, draw.array(idx.shape), idx, shape)


@draws(10)
def test_both_against_autograd(mine, draw):
    """Forward and backward together give autograd's gradient, with ties, overlaps and padding."""
    shape, (k, stride, padding) = setting(draw)
    x = draw.array(shape)
    x = np.round(x) if draw.bool() else x
    leaf = torch.tensor(x, requires_grad=True)
    out = F.max_pool2d(leaf, k, stride, padding)
    dout = draw.array(tuple(out.shape))
    out.backward(torch.from_numpy(dout))
    given = {"x": x, "k": k, "stride": stride, "padding": padding, "dout": dout}
    y, idx = mine.maxpool2d(x, k, stride, padding)
    close(y, out.detach().numpy(), "y", input=given)
    dx = mine.maxpool2d_backward(dout, idx, shape)
    close(dx, leaf.grad.numpy(), "dx", rtol=1e-9, atol=1e-12, input=given)
    close(float(dx.sum()), float(dout.sum()), "the sum of dx", rtol=1e-9, atol=1e-9, input=given)


@draws(4)
def test_defaults(mine, draw):
    """Without a stride the windows lie side by side, without a padding there is no border; options go by name."""
    x, options = draw.array((2, 3, 7, 5)), [{}, {"stride": None}, {"padding": 1}, {"padding": 1, "stride": 1}]
    same(mine.maxpool2d, maxpool2d, x, 2, **options[draw.index])


def test_alexnet(mine):
    """AlexNet's windows of 3 with stride 2 overlap: 55 becomes 27, and a pixel can win four windows."""
    x = np.zeros((1, 1, 5, 7))
    x[0, 0, 2, 2] = 1.0
    same(mine.maxpool2d, maxpool2d, x, 3, 2)
    y, idx = mine.maxpool2d(x, 3, 2)
    dx = mine.maxpool2d_backward(np.ones_like(y), idx, x.shape)
    equal(float(dx[0, 0, 2, 2]), 4.0, "the gradient of the pixel that wins four windows", input={"x": x})
    big = np.zeros((1, 1, 55, 55))
    equal(mine.maxpool2d(big, 3, 2)[0].shape, (1, 1, 27, 27), "the shape of y", input={"x": "zeros (1, 1, 55, 55)"})


def test_repeated_places(mine):
    """All windows may have the same winner."""
    idx = np.full((2, 3, 4, 5), 2)
    rng = np.random.default_rng(0)
    same(mine.maxpool2d_backward, maxpool2d_backward, rng.normal(size=idx.shape), idx, (2, 3, 2, 6))


@draws(4)
def test_edges(mine, draw):
    """Handles single pixels, a window as large as the plane, and a remainder that is dropped."""
    cases = [((1, 1, 1, 1), (1,)), ((2, 3, 4, 4), (4,)), ((2, 1, 5, 7), (2,)), ((1, 2, 1, 3), (2, 1, 1))]
    shape, how = cases[draw.index]
    same(mine.maxpool2d, maxpool2d, draw.array(shape), *how)
    idx = maxpool2d(draw.array(shape), *how)[1]
    same(mine.maxpool2d_backward, maxpool2d_backward, draw.array(idx.shape), idx, shape)


@draws(5)
def test_layouts(mine, draw):
    """Takes transposed, strided, reversed and read-only arrays."""
    shape, how = setting(draw)
    same(mine.maxpool2d, maxpool2d, draw.layout(draw.array(shape)), *how)
    idx = maxpool2d(draw.array(shape), *how)[1]
    dout = draw.layout(draw.array(idx.shape))
    same(mine.maxpool2d_backward, maxpool2d_backward, dout, draw.layout(idx), shape)


@draws(2)
def test_scale(mine, draw):
    """Very large and very small numbers have a maximum, too."""
    same(mine.maxpool2d, maxpool2d, draw.array((2, 3, 5, 4), draw.pick(1e30, 1e-30)), 3, 1, 1)


@draws(4)
def test_refuses(mine, draw):
    """Raises ValueError when the padding is more than half of the window, or the window does not fit."""
    x = draw.array((2, 3, 4, 5))
    k, stride, padding = [(2, 1, 2), (3, 2, 2), (5, 1, 0), (1, 1, 1)][draw.index]
    why = f"a window of {k} with padding {padding} is not possible on 4 × 5 pixels"
    raises(ValueError, mine.maxpool2d, x, k, stride, padding, because=why)


def test_places_are_whole_numbers(mine):
    """The places are int64, one for each maximum, and point at it."""
    x = np.random.default_rng(0).normal(size=(2, 3, 6, 5)).astype(np.float32)
    y, idx = mine.maxpool2d(x, 3, 2, 1)
    holds(idx.dtype == np.int64, "the places are not int64", got=idx.dtype, expected="int64")
    equal(idx.shape, y.shape, "the shape of the places", input={"x": x})
    inside = bool(((idx >= 0) & (idx < 30)).all())
    holds(inside, "a place lies outside its plane", got=idx, expected="0 to 29, for 6 × 5 pixels", input={"x": x})
    found = np.take_along_axis(x.reshape(2, 3, 30), idx.reshape(2, 3, -1), axis=2).reshape(idx.shape)
    equal(y, found, "y, against what lies at the places,", input={"x": x})
