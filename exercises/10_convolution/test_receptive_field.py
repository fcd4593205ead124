"""Checks of receptive-field: against what a gradient really reaches, measured with autograd."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from tutor.checks import close, draws, equal, holds, same

EMPTY: list[dict[str, int]] = []


def measured(layers):
    """Build the layers with weights of 1, and see which pixels a unit in the middle depends on, and its neighbour."""
    out = []
    for depth in range(1, len(layers) + 1):
        n = 400
        x = torch.zeros(1, 1, n, requires_grad=True)
        y, first = x, 0
        for layer in layers[:depth]:
            k, s, p, d = layer["k"], layer.get("s", 1), layer.get("p", 0), layer.get("d", 1)
            y = F.conv1d(y, torch.ones(1, 1, k), stride=s, padding=p, dilation=d)
        first = y.shape[2] // 2
        one, next_one = (support(y[0, 0, first + i], x) for i in range(2))
        jump = next_one[0] - one[0]
        out.append((one[1] - one[0] + 1, jump, (one[0] + one[1]) / 2 - first * jump))
    return out


def support(unit, x):
    """First and last pixel that the unit depends on."""
    (grad,) = torch.autograd.grad(unit, x, retain_graph=True)
    touched = grad[0, 0].nonzero().flatten().tolist()
    return touched[0], touched[-1]


def drawn(draw, most):
    """Layers of all kinds; some do not name their stride, padding or dilation."""
    layers = []
    for _ in range(draw.int(1, most)):
        layer = {"k": draw.int(1, 4), "s": draw.int(1, 2), "p": draw.int(0, 2), "d": draw.int(1, 2)}
        layers.append({key: v for key, v in layer.items() if key == "k" or draw.pick(True, False) or v > 1})
    return layers


@draws(12)
def test_one_layer(mine, draw):
    """One layer: the field is as wide as its window, the jump is its stride, and padding moves the centre."""
    k, s, p, d = draw.int(1, 6), draw.int(1, 4), draw.int(0, 4), draw.int(1, 3)
    same(mine.receptive_field, measured, [{"k": k, "s": s, "p": p, "d": d}])


@draws(16)
def test_stacks(mine, draw):
    """Several layers: the numbers are those that autograd measures."""
    same(mine.receptive_field, measured, drawn(draw, 4))


def test_small_kernels_stacked(mine):
    """Two 3 × 3 kernels see 5 pixels, three see 7; dilations 1, 2, 4 make it 15."""
    same(mine.receptive_field, measured, [{"k": 3}, {"k": 3}, {"k": 3}])
    same(mine.receptive_field, measured, [{"k": 3, "d": 1}, {"k": 3, "d": 2}, {"k": 3, "d": 4}])


def test_stride_before_and_after(mine):
    """A stride widens what comes after it, not its own layer."""
    before = [{"k": 2, "s": 2}, {"k": 5}]
    after = [{"k": 5}, {"k": 2, "s": 2}]
    same(mine.receptive_field, measured, before)
    same(mine.receptive_field, measured, after)
    same(mine.receptive_field, measured, [{"k": 1, "s": 3}, {"k": 1}, {"k": 3, "p": 1}])


def test_known_networks(mine):
    """LeNet's last pooling sees 16 pixels; VGG-16's sees 212, with a jump of 32."""
    lenet = [{"k": 5}, {"k": 2, "s": 2}, {"k": 5}, {"k": 2, "s": 2}]
    same(mine.receptive_field, measured, lenet)
    conv, pool = {"k": 3, "p": 1}, {"k": 2, "s": 2}
    vgg = [layer for block in (2, 2, 3, 3, 3) for layer in (*[conv] * block, pool)]
    fields = mine.receptive_field(vgg)
    equal(fields[-1], (212, 32, 15.5), "what VGG-16's fifth pooling sees", input={"layers": vgg})
    holds(len(fields) == len(vgg), "there is not one tuple for each layer", got=len(fields), expected=len(vgg))


def test_missing_keys(mine):
    """A layer may leave out s, p and d, alone or together."""
    full = {"k": 3, "s": 1, "p": 0, "d": 1}
    for missing in ((), ("s",), ("p",), ("d",), ("s", "p", "d")):
        layers = [{key: v for key, v in full.items() if key not in missing}] * 2
        same(mine.receptive_field, measured, layers)
    close(mine.receptive_field([{"k": 4, "s": 3}])[0][2], 1.5, "the centre", input={"layers": [{"k": 4, "s": 3}]})


def test_no_layers(mine):
    """No layers give an empty list."""
    same(mine.receptive_field, lambda layers: [], EMPTY)
