"""Checks of conv-arithmetic against the shapes and the parameters of PyTorch's layers."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from tutor.checks import draws, equal, raises, same


def conv_out(n, k, stride=1, padding=0, dilation=1, ceil_mode=False):
    """The shape that PyTorch gives; pooling for ceil_mode, as convolutions only round down."""
    if ceil_mode:
        row = torch.zeros(1, 1, n, 1)
        return F.max_pool2d(row, (k, 1), (stride, 1), (padding, 0), (dilation, 1), ceil_mode=True).shape[2]
    return F.conv1d(torch.zeros(1, 1, n), torch.zeros(1, 1, k), None, stride, padding, dilation).shape[2]


def conv_cost(c_in, c_out, k, hw_out, groups=1, bias=True):
    """Counted on PyTorch's own layer: each of its weights is used once a position."""
    layer = torch.nn.Conv2d(c_in, c_out, k, groups=groups, bias=bias)
    return sum(p.numel() for p in layer.parameters()), layer.weight.numel() * torch.Size(hw_out).numel()


def dense_cost(n_in, n_out, bias=True):
    layer = torch.nn.Linear(n_in, n_out, bias=bias)
    return sum(p.numel() for p in layer.parameters()), layer.weight.numel()


@draws(60)
def test_conv_out(mine, draw):
    """conv_out gives the size of PyTorch's convolution for any stride, padding and dilation."""
    k, s, p, d = draw.int(1, 6), draw.int(1, 4), draw.int(0, 4), draw.int(1, 3)
    n = max(1, d * (k - 1) + 1 - 2 * p) + draw.int(0, 12)
    same(mine.conv_out, conv_out, n, k, s, p, d)


@draws(60)
def test_ceil_mode(mine, draw):
    """With ceil_mode it gives the size of PyTorch's pooling: rounded up, but no window starts behind the input."""
    k, s = draw.int(2, 6), draw.int(1, 5)
    p, d = draw.int(0, k // 2), draw.pick(1, 1, 2)
    n = max(1, d * (k - 1) + 1 - 2 * p) + draw.int(0, 12)
    same(mine.conv_out, conv_out, n, k, stride=s, padding=p, dilation=d, ceil_mode=True)


def test_known_sizes(mine):
    """Knows the sizes of LeNet, AlexNet and ResNet: 32 → 28 → 14, 227 → 55 → 27, 224 → 112 → 56."""
    for n, k, s, p in ((32, 5, 1, 0), (28, 2, 2, 0), (227, 11, 4, 0), (55, 3, 2, 0), (224, 7, 2, 3), (112, 3, 2, 1)):
        same(mine.conv_out, conv_out, n, k, s, p)
    same(mine.conv_out, conv_out, 7, 3)
    same(mine.conv_out, conv_out, n=9, k=2, dilation=3)
    same(mine.conv_out, conv_out, n=9, k=4, ceil_mode=False, stride=2)


def test_last_window_in_the_padding(mine):
    """With ceil_mode a window may hang over the end, but one that starts in the padding behind the input is dropped."""
    for n, k, s, p in (
        (5, 2, 2, 0),
        (5, 2, 3, 1),
        (5, 2, 2, 1),
        (3, 2, 2, 1),
        (4, 3, 3, 1),
        (2, 3, 2, 0),
        (1, 2, 5, 1),
    ):
        same(mine.conv_out, conv_out, n, k, stride=s, padding=p, ceil_mode=True)


@draws(12)
def test_no_window_fits(mine, draw):
    """Raises ValueError when the window is longer than the padded input, by one pixel or by many."""
    k, d, p = draw.int(2, 5), draw.int(1, 3), draw.int(0, 1)
    n = d * (k - 1) - 2 * p - draw.pick(0, 1)
    if n < 1:
        k, d, p, n = 4, 1, 0, 3
    given = f"a window that covers {d * (k - 1) + 1} pixels does not fit into {n} with {p} zeros on either side"
    raises(ValueError, mine.conv_out, n, k, draw.pick(1, 2, 3), p, d, because=given)


def test_no_window_fits_rounded_up(mine):
    """Raises ValueError also with ceil_mode, where no window is left."""
    raises(ValueError, mine.conv_out, 2, 9, 2, 0, 1, True, because="9 taps are far more than 2 pixels")


@draws(24)
def test_same_padding(mine, draw):
    """same_padding keeps the size at stride 1, for every kernel and dilation for which there is a padding."""
    k, d = draw.int(1, 9), draw.int(1, 5)
    if d * (k - 1) % 2:
        raises(ValueError, mine.same_padding, k, d, because="the window takes away an odd number of pixels")
        return
    p = mine.same_padding(k, d)
    equal(p, d * (k - 1) // 2, "the padding", input={"k": k, "dilation": d})
    equal(conv_out(17, k, 1, p, d), 17, "the size after a convolution with this padding", input={"k": k, "dilation": d})


def test_same_padding_of_even_kernels(mine):
    """An even kernel has no padding on both sides that keeps the size, unless its dilation is even."""
    for k in (2, 4, 6):
        raises(ValueError, mine.same_padding, k, because=f"{k} taps take away {k - 1} pixels: no half on either side")
        raises(ValueError, mine.same_padding, k, 3, because=f"{k} taps, 3 apart, take away an odd number of pixels")
        equal(mine.same_padding(k, 2), k - 1, "the padding", input={"k": k, "dilation": 2})
    equal(mine.same_padding(3), 1, "the padding", input={"k": 3})
    equal(mine.same_padding(1), 0, "the padding", input={"k": 1})


@draws(24)
def test_conv_cost(mine, draw):
    """conv_cost counts the parameters of PyTorch's Conv2d, and one multiply-accumulate a weight and output pixel."""
    groups = draw.pick(1, 2, 3)
    c_in, c_out, kh, kw, H, W = draw.shape(dims=6, low=1, high=9)
    bias = draw.bool()
    same(mine.conv_cost, conv_cost, groups * c_in, groups * c_out, (kh, kw), (H, W), groups, bias)


def test_conv_cost_defaults(mine):
    """Without more words there is one group and a bias; depthwise convolutions have as many groups as channels."""
    same(mine.conv_cost, conv_cost, 3, 2, (5, 5), (28, 28))
    same(mine.conv_cost, conv_cost, 96, 256, (5, 5), (27, 27), groups=2)
    same(mine.conv_cost, conv_cost, 32, 64, (3, 5), (14, 7), 32, bias=False)


@draws(4)
def test_refuses_groups(mine, draw):
    """Raises ValueError when the groups do not divide the input channels, or not the output channels."""
    c_in, c_out, groups = [(4, 6, 3), (6, 4, 3), (5, 8, 2), (8, 5, 2)][draw.index]
    raises(
        ValueError,
        mine.conv_cost,
        c_in,
        c_out,
        (3, 3),
        (5, 7),
        groups,
        because=f"{groups} equal parts of {c_in} and {c_out} channels do not exist",
    )


@draws(6)
def test_dense_cost(mine, draw):
    """dense_cost counts one weight for every pair of an input and an output, and a bias for every output."""
    same(mine.dense_cost, dense_cost, *draw.shape(dims=2, low=1, high=60), draw.bool())


def test_why_not_dense(mine):
    """A dense layer from a picture of 200 × 200 × 3 to one of the same size has 14 400 000 000 weights."""
    pixels = 200 * 200 * 3
    equal(mine.dense_cost(pixels, pixels, bias=False), (pixels**2, pixels**2), "the cost", input={"n_in": pixels})
    same(mine.dense_cost, dense_cost, 400, 120)
    same(mine.conv_cost, conv_cost, 3, 3, (3, 3), (200, 200))
