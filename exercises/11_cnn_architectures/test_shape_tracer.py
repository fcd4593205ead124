"""Checks of shape-tracer: the networks of the papers, and drawn ones that PyTorch builds without memory."""

from __future__ import annotations

import copy

import torch
from torch import nn

from tutor.checks import draws, equal, holds, raises

ALEXNET = [
    ("conv", 96, 11, 4, 0), ("relu",), ("lrn",), ("maxpool", 3, 2, 0),
    ("conv", 256, 5, 1, 2, 2), ("relu",), ("lrn",), ("maxpool", 3, 2, 0),
    ("conv", 384, 3, 1, 1), ("relu",), ("conv", 384, 3, 1, 1, 2), ("relu",), ("conv", 256, 3, 1, 1, 2), ("relu",),
    ("maxpool", 3, 2, 0), ("flatten",),
    ("dense", 4096), ("relu",), ("dropout",), ("dense", 4096), ("relu",), ("dropout",), ("dense", 1000),
]  # fmt: skip


def vgg16():
    """13 convolutions in blocks of 2, 2, 3, 3 and 3, and three dense layers."""
    spec = []
    for width, repeats in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        spec += [("conv", width, 3, 1, 1), ("relu",)] * repeats + [("maxpool", 2, 2, 0)]
    return [*spec, ("flatten",), ("dense", 4096), ("relu",), ("dense", 4096), ("relu",), ("dense", 1000)]


def built(layer, shape):
    """PyTorch's module for a layer that reads `shape`, without memory for its numbers."""
    kind, *n = layer
    if kind == "conv":
        return nn.Conv2d(shape[0], n[0], n[1], n[2], n[3], groups=n[4] if len(n) > 4 else 1, device="meta")
    if kind == "dense":
        return nn.Linear(shape[0], n[0], device="meta")
    if kind in ("maxpool", "avgpool"):
        return {"maxpool": nn.MaxPool2d, "avgpool": nn.AvgPool2d}[kind](*n)
    if kind == "gap":
        return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    return nn.Flatten() if kind == "flatten" else nn.Identity()


def reference(spec, in_shape):
    """What PyTorch's own layers give, on tensors that have a shape and nothing else."""
    rows, x, seen = [], torch.empty(1, *in_shape, device="meta"), {}
    for layer in spec:
        module = built(layer, tuple(x.shape[1:]))
        x = module(x)
        seen[layer[0]] = seen.get(layer[0], 0) + 1
        count = sum(p.numel() for p in module.parameters())
        rows.append((f"{layer[0]}{seen[layer[0]]}", tuple(x.shape[1:]), count))
    return rows


def agree(mine, spec, in_shape):
    given = copy.deepcopy(spec)
    got = mine.trace_shapes(spec, in_shape)
    shown = {"spec": " ".join(str(layer).replace(" ", "") for layer in given), "in_shape": in_shape}
    wanted = reference(given, in_shape)
    if not (isinstance(got, list) and all(isinstance(row, tuple) and len(row) == 3 for row in got)):
        equal(got, wanted, "the list", input=shown)  # says what it is instead
    equal([row[0] for row in got], [row[0] for row in wanted], "the list of names", input=shown)
    for ours, theirs in zip(got, wanted, strict=True):
        holds(ours == theirs, f"a row is {ours} instead of {theirs}", got=got, expected=wanted, input=shown)
    equal(got, wanted, "the list", input=shown)  # types too
    holds(spec == given, "the caller's spec was changed", got=spec, expected=given)
    equal(mine.trace_shapes(spec, in_shape), got, "the list of a second call", input=shown)


def test_example(mine):
    """Gives the numbers of the example."""
    spec = [("conv", 4, 3, 1, 0), ("relu",), ("maxpool", 2, 2, 0), ("flatten",), ("dense", 10)]
    agree(mine, spec, (1, 8, 6))


@draws(10)
def test_one_layer(mine, draw):
    """Each kind of layer alone has PyTorch's shape and PyTorch's number of parameters."""
    k, s = draw.pick((3, 2), (4, 1), (1, 1), (2, 3)), draw.int(1, 3)
    layer = draw.pick(
        ("conv", 4, k[0], s, draw.int(0, 2)), ("conv", 6, k[0], s, 1, 2), ("maxpool", k[0], k[1], k[0] // 2),
        ("avgpool", k[0], k[1], 0), ("gap",), ("flatten",), ("relu",), ("lrn",), ("dropout",), ("conv", 4, 3, 1, 1, 4),
    )  # fmt: skip
    agree(mine, [layer], (4, draw.int(5, 9), draw.int(4, 12)))


@draws(12)
def test_drawn_networks(mine, draw):
    """Agrees with PyTorch on networks of any depth, for images that need not be square."""
    shape = (draw.pick(3, 1, 4), draw.int(20, 40), draw.int(16, 50))
    spec, width = [], shape[0]
    for _ in range(draw.int(1, 4)):
        groups = draw.pick(1, 2)
        if groups == 2 and width % 2 == 0:
            layer = ("conv", width + 2, draw.pick(3, 1), 1, draw.int(0, 2), 2)
        else:
            layer = ("conv", draw.int(2, 9), draw.pick(3, 2, 5), draw.int(1, 2), draw.int(0, 3))
        width = layer[1]
        spec += [layer, draw.pick(("relu",), ("lrn",)), draw.pick(("maxpool", 2, 2, 0), ("avgpool", 3, 1, 1))]
        if reference(spec, shape)[-1][1][1] < 5 or reference(spec, shape)[-1][1][2] < 5:
            break
    head = draw.pick([("flatten",), ("dense", 7), ("dropout",), ("dense", 3)], [("gap",), ("dense", 5)], [("gap",)])
    agree(mine, spec + head, shape)


def test_lenet(mine):
    """LeNet-5 on images of 32 × 32: 28, 14, 10, 5, and 61 706 parameters."""
    spec = [("conv", 6, 5, 1, 0), ("avgpool", 2, 2, 0), ("conv", 16, 5, 1, 0), ("avgpool", 2, 2, 0), ("flatten",)]
    agree(mine, [*spec, ("dense", 120), ("dense", 84), ("dense", 10)], (1, 32, 32))


def test_alexnet(mine):
    """AlexNet with its two groups on images of 227 × 227: 9216 numbers reach the first dense layer."""
    agree(mine, ALEXNET, (3, 227, 227))


def test_vgg16(mine):
    """VGG-16 on images of 224 × 224: 138 357 544 parameters, nine of ten in the dense layers."""
    agree(mine, vgg16(), (3, 224, 224))


def test_nothing(mine):
    """A network without layers has no rows."""
    equal(mine.trace_shapes([], (3, 8, 8)), [], "the list")


MISFITS = (
    ("conv3", [("conv", 4, 3, 1, 0), ("conv", 4, 3, 1, 0), ("conv", 4, 5, 1, 0)], "5 × 5 does not fit into 4 × 8"),
    ("maxpool1", [("conv", 4, 3, 1, 0), ("maxpool", 7, 2, 0)], "a window of 7 does not fit into 6 rows"),
    ("avgpool1", [("maxpool", 2, 2, 0), ("avgpool", 5, 5, 0)], "a window of 5 does not fit into 4 rows"),
    ("dense1", [("relu",), ("dense", 10)], "a dense layer reads a vector, and nobody flattened"),
    ("dense2", [("gap",), ("dense", 10), ("dense", 3), ("conv", 2, 1, 1, 0)], None),
    ("conv1", [("flatten",), ("conv", 4, 1, 1, 0)], "a convolution cannot read a vector"),
    ("conv1", [("gap",), ("conv", 4, 1, 1, 0)], "a convolution cannot read a vector"),
    ("maxpool1", [("flatten",), ("maxpool", 2, 2, 0)], "pooling cannot read a vector"),
    ("avgpool1", [("gap",), ("avgpool", 1, 1, 0)], "pooling cannot read a vector"),
    ("gap2", [("gap",), ("gap",)], "the second gap meets a vector"),
    ("conv2", [("conv", 4, 1, 1, 0), ("conv", 6, 3, 1, 1, 4)], "4 groups do not divide 6 filters"),
    ("conv1", [("conv", 6, 3, 1, 1, 2)], "2 groups do not divide 3 channels"),
    ("linear1", [("flatten",), ("linear", 10)], "there is no kind linear"),
    ("softmax1", [("conv", 4, 3, 1, 0), ("softmax",)], "there is no kind softmax"),
)


@draws(len(MISFITS))
def test_misfits(mine, draw):
    """Raises a ValueError that names the layer, whatever it is that does not fit."""
    name, spec, because = MISFITS[draw.index]
    if because is None:  # the same mistake further on: what fits comes first
        name, because = "conv1", "a convolution cannot read a vector"
    error = raises(ValueError, mine.trace_shapes, spec, (3, 8, 12), because=because)
    holds(name in str(error), "the message does not name the layer", got=str(error), expected=f"a message with {name}")


@draws(3)
def test_barely_fits(mine, draw):
    """A window as large as the padded image fits, once."""
    layer = draw.pick(("conv", 2, 5, 3, 0), ("maxpool", 5, 1, 0), ("conv", 2, 7, 1, 1))
    agree(mine, [layer, ("gap",)], (1, 5, 5))
