"""Checks of conv2d against PyTorch's."""

from __future__ import annotations

import numpy as np
import torch.nn.functional as F

from tutor.checks import close, draws, faster_than, from_torch, quiet, raises, same


@from_torch
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    return F.conv2d(x, w, b, stride, padding, dilation)


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
    """A small picture of whole numbers with two channels, and two filters of 2 × 2 with their biases."""
    x, w, b = (draw.array(shape, 3, "int64").astype(float) for shape in ((1, 2, 2, 3), (2, 2, 2, 2), (2,)))
    same(mine.conv2d, conv2d, x, w, b)


@draws(6)
def test_plain(mine, draw):
    """Gives PyTorch's conv2d without bias, stride, padding or dilation."""
    N, C_in, C_out, H, W = draw.shape(dims=5, low=2, high=6)
    same(mine.conv2d, conv2d, draw.array((N, C_in, H, W)), draw.array((C_out, C_in, *draw.shape(2, low=1, high=2))))


@draws(6)
def test_bias(mine, draw):
    """Adds one bias for each filter, whatever the other sizes are."""
    N, C_in, C_out, H, W = draw.shape(dims=5, low=2, high=6)
    C_out, W = draw.pick((C_out, W), (W - 1, W), (W, W))  # a bias along the wrong axis needs an equal size to be silent
    x, w = draw.array((N, C_in, H, W)), draw.array((C_out, C_in, 1, 2))
    same(mine.conv2d, conv2d, x, w, draw.array(C_out))


@draws(30)
def test_conv2d(mine, draw):
    """Gives PyTorch's conv2d for any stride, padding and dilation, with and without a bias."""
    x, w, how = setting(draw)
    b = draw.array(w[0]) if draw.bool() else None
    same(mine.conv2d, conv2d, draw.array(x), draw.array(w), b, *how)


@draws(4)
def test_keywords(mine, draw):
    """Takes its options by name, alone or together, in any order."""
    x, w = draw.array((2, 3, 7, 6)), draw.array((4, 3, 3, 2))
    options = [{"stride": 2}, {"padding": 1}, {"dilation": 2}, {"dilation": 2, "b": draw.array(4), "padding": 1}]
    same(mine.conv2d, conv2d, x, w, **options[draw.index])


def test_shapes_of_the_course(mine):
    """A picture of 3 × 32 × 32 and two filters of 3 × 5 × 5 give 2 × 28 × 28."""
    rng = np.random.default_rng(0)
    x, w, b = rng.normal(size=(1, 3, 32, 32)), rng.normal(size=(2, 3, 5, 5)), rng.normal(size=2)
    same(mine.conv2d, conv2d, x, w, b)


@draws(6)
def test_edges(mine, draw):
    """Handles one picture, one channel, one filter, a 1 × 1 kernel, a kernel as large as the picture, an empty batch."""
    x, w, how = [
        ((1, 1, 2, 3), (1, 1, 2, 2), (1, 0, 1)),
        ((2, 3, 4, 5), (2, 3, 1, 1), (2, 0, 1)),
        ((2, 3, 4, 5), (6, 3, 4, 5), (1, 0, 1)),
        ((3, 2, 1, 1), (4, 2, 3, 3), (1, 1, 1)),
        ((0, 2, 4, 5), (3, 2, 2, 3), (1, 0, 1)),
        ((1, 2, 7, 9), (3, 2, 2, 1), (3, 0, 1)),
    ][draw.index]
    same(mine.conv2d, conv2d, draw.array(x), draw.array(w), draw.array(w[0]), *how)


@draws(4)
def test_dilation_is_a_kernel_with_holes(mine, draw):
    """A dilated kernel does what the same kernel with zeros between its taps does."""
    d, (kh, kw) = draw.int(2, 3), draw.pick((2, 3), (3, 2))
    x, w = draw.array((2, 3, 10, 9)), draw.array((4, 3, kh, kw))
    holes = np.zeros((4, 3, d * (kh - 1) + 1, d * (kw - 1) + 1))
    holes[:, :, ::d, ::d] = w
    close(mine.conv2d(x, w, dilation=d), mine.conv2d(x, holes), "the result", input={"x": x, "w": w, "dilation": d})


@draws(5)
def test_layouts(mine, draw):
    """Takes transposed, strided, reversed and read-only arrays."""
    x, w, how = setting(draw)
    b = draw.layout(draw.array(w[0]))
    same(mine.conv2d, conv2d, draw.layout(draw.array(x)), draw.layout(draw.array(w)), b, *how)


@draws(2)
def test_scale(mine, draw):
    """Inputs scaled by 1e-6 and 1e6 stay finite, without a warning."""
    scale = draw.pick(1e-6, 1e6)
    x, w = draw.array((2, 3, 5, 4), scale), draw.array((2, 3, 3, 2), scale)
    same(mine.conv2d, conv2d, x, w, draw.array(2, scale), atol=0.0 if scale < 1 else None, dtypes=("float64",))
    quiet(mine.conv2d, x, w, draw.array(2, scale), 2, 1)


@draws(3)
def test_refuses_other_channels(mine, draw):
    """Raises ValueError when the filters are made for another number of channels, also for 1."""
    x, w = [((2, 3, 5, 4), (4, 2, 3, 3)), ((2, 3, 5, 4), (4, 1, 3, 3)), ((2, 1, 5, 4), (1, 3, 3, 3))][draw.index]
    raises(ValueError, mine.conv2d, draw.array(x), draw.array(w), because=f"{x[1]} channels, filters for {w[1]}")


def test_refuses_channels_that_divide(mine):
    """Raises ValueError also where the numbers of entries would fit by accident."""
    x, w = np.ones((1, 4, 6, 6)), np.ones((3, 2, 2, 4))
    raises(ValueError, mine.conv2d, x, w, because="4 channels, filters for 2")


@draws(3)
def test_refuses_a_window_that_does_not_fit(mine, draw):
    """Raises ValueError when the window is larger than the padded picture."""
    w, how = [((2, 3, 5, 2), (1, 0, 1)), ((2, 3, 2, 7), (1, 1, 1)), ((2, 3, 3, 3), (2, 0, 2))][draw.index]
    raises(ValueError, mine.conv2d, draw.array((2, 3, 4, 4)), draw.array(w), None, *how, because="it does not fit")


def test_is_a_matrix_product(mine):
    """Is much faster than a loop over the output pixels."""
    rng = np.random.default_rng(0)
    faster_than(mine.conv2d, pixel_by_pixel, 0.5, rng.normal(size=(4, 6, 14, 14)), rng.normal(size=(8, 6, 5, 5)))


def pixel_by_pixel(x, w):
    """One output pixel of all filters at a time."""
    (N, _, H, W), (C_out, _, kh, kw) = x.shape, w.shape
    out = np.empty((N, C_out, H - kh + 1, W - kw + 1))
    for n in range(N):
        for r in range(H - kh + 1):
            for q in range(W - kw + 1):
                out[n, :, r, q] = (w * x[n, :, r : r + kh, q : q + kw]).sum((1, 2, 3))
    return out
