"""Checks of conv2d_backward against the backward pass of PyTorch's conv2d."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from tutor.checks import draws, equal, faster_than, from_torch, gradients, same


@from_torch
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1):
    """The operation that autograd calls for conv2d; asking it directly costs a tenth of going through autograd."""
    sides = [[n, n] for n in (stride, padding, dilation)]
    return torch.ops.aten.convolution_backward(dout, x, w, [len(w)], *sides, False, [0, 0], 1, [True] * 3)


def size(n, k, stride, padding, dilation):
    """Windows along one axis."""
    return (n + 2 * padding - dilation * (k - 1) - 1) // stride + 1


def case(draw, x, w, stride=1, padding=0, dilation=1):
    """The three arrays for these shapes of x and w."""
    sides = [size(n, k, stride, padding, dilation) for n, k in zip(x[2:], w[2:], strict=True)]
    return draw.array((x[0], w[0], *sides)), draw.array(x), draw.array(w)


def setting(draw):
    """Pictures and filters whose sizes differ from each other, and how the window moves."""
    kh, kw = draw.shape(dims=2, low=1, high=4)
    stride, padding, dilation = draw.pick(1, 2, 3), draw.pick(0, 1, 2), draw.pick(1, 1, 2)
    N, C_in, C_out, down, right = draw.shape(dims=5, low=1, high=6)
    H, W = (max(1, dilation * (k - 1) + 1 - 2 * padding) + more for k, more in ((kh, down), (kw, right)))
    W += H == W  # a square picture hides a mix-up
    return (N, C_in, H, W), (C_out, C_in, kh, kw), (stride, padding, dilation)


@draws(3)
def test_example(mine, draw):
    """A row of four pixels and a kernel of two weights, all whole numbers."""
    shapes = (1, 1, 1, 3), (1, 1, 1, 4), (1, 1, 1, 2)
    dout, x, w = (draw.array(shape, 3, "int64").astype(float) for shape in shapes)
    same(mine.conv2d_backward, conv2d_backward, dout, x, w)


@draws(6)
def test_plain(mine, draw):
    """Gives PyTorch's three gradients without stride, padding or dilation."""
    N, C_in, C_out, H, W = draw.shape(dims=5, low=2, high=6)
    kernel = draw.shape(dims=2, low=1, high=2)
    same(mine.conv2d_backward, conv2d_backward, *case(draw, (N, C_in, H, W), (C_out, C_in, *kernel)))


@draws(30)
def test_conv2d_backward(mine, draw):
    """Gives PyTorch's three gradients for any stride, padding and dilation."""
    x, w, how = setting(draw)
    same(mine.conv2d_backward, conv2d_backward, *case(draw, x, w, *how), *how)


@draws(4)
def test_keywords(mine, draw):
    """Takes its options by name, alone or together."""
    options = [{"stride": 2}, {"padding": 1}, {"dilation": 2}, {"dilation": 2, "padding": 1}]
    how = options[draw.index]
    same(mine.conv2d_backward, conv2d_backward, *case(draw, (2, 3, 7, 6), (4, 3, 3, 2), **how), **how)


@draws(3)
def test_is_the_slope(mine, draw):
    """The gradients are the slopes of the loss, measured by moving the inputs a little."""
    x, w, how = setting(draw)
    dout, x, w = case(draw, x, w, *how)
    dx, dw, _ = mine.conv2d_backward(dout, x, w, *how)

    def loss(x, w):
        out = F.conv2d(torch.from_numpy(x), torch.from_numpy(w), None, *how)
        return float((out * torch.from_numpy(dout)).sum())

    gradients(lambda x: loss(x, w), x, dx, what="dx")
    gradients(lambda w: loss(x, w), w, dw, what="dw")


@draws(4)
def test_remainder(mine, draw):
    """Pixels that no window touches have a gradient of exactly 0."""
    stride = draw.int(2, 3)
    dout, x, w = case(draw, (2, 3, 3 * stride, 4 * stride), (4, 3, stride - 1, 1), stride)
    dx = mine.conv2d_backward(dout, x, w, stride)[0]
    same(mine.conv2d_backward, conv2d_backward, dout, x, w, stride)
    untouched = dx[:, :, stride - 1 :: stride]
    equal(untouched, np.zeros_like(untouched), "dx between the windows", input={"dout": dout, "x": x, "w": w})


@draws(5)
def test_edges(mine, draw):
    """Handles one picture, one channel, one filter, a 1 × 1 kernel, and a kernel as large as the picture."""
    x, w, how = [
        ((1, 1, 2, 3), (1, 1, 2, 2), (1, 0, 1)),
        ((2, 3, 4, 5), (2, 3, 1, 1), (2, 0, 1)),
        ((2, 3, 4, 5), (6, 3, 4, 5), (1, 0, 1)),
        ((3, 2, 1, 1), (4, 2, 3, 3), (1, 1, 1)),
        ((1, 2, 7, 9), (3, 2, 2, 1), (3, 0, 1)),
    ][draw.index]
    same(mine.conv2d_backward, conv2d_backward, *case(draw, x, w, *how), *how)


@draws(5)
def test_layouts(mine, draw):
    """Takes transposed, strided, reversed and read-only arrays."""
    x, w, how = setting(draw)
    same(mine.conv2d_backward, conv2d_backward, *map(draw.layout, case(draw, x, w, *how)), *how)


@draws(2)
def test_scale(mine, draw):
    """Inputs scaled by 1e-6 and 1e6 lose no digits."""
    scale = draw.pick(1e-6, 1e6)
    arrays = [scale * a for a in case(draw, (2, 3, 5, 4), (4, 3, 3, 2), 2, 1)]
    same(mine.conv2d_backward, conv2d_backward, *arrays, 2, 1, atol=1e-12 * scale**2, dtypes=("float64",))


def test_is_made_of_matrix_products(mine):
    """Is much faster than a loop over the output pixels."""
    rng = np.random.default_rng(0)
    # Many pixels and few channels: im2col may be lent, and then its columns cross between two processes.
    dout, x, w = rng.normal(size=(4, 3, 20, 20)), rng.normal(size=(4, 1, 22, 22)), rng.normal(size=(3, 1, 3, 3))
    faster_than(mine.conv2d_backward, pixel_by_pixel, 0.35, dout, x, w)


def pixel_by_pixel(dout, x, w):
    """One output pixel of all filters at a time."""
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    kh, kw = w.shape[2:]
    for n in range(len(x)):
        for r in range(dout.shape[2]):
            for q in range(dout.shape[3]):
                error, window = dout[n, :, r, q, None, None, None], np.s_[n, :, r : r + kh, q : q + kw]
                dw += error * x[window]
                dx[window] += (error * w).sum(0)
    return dx, dw, dout.sum((0, 2, 3))
