"""Checks of collapse_linear, by running the stack layer by layer, and of the four corners of XOR."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from tutor.checks import close, draws, holds, raises, same

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR = np.array([[0.0], [1.0], [1.0], [0.0]])


def one_by_one(layers):
    """The whole stack at 0 gives the bias; at the unit vectors, bias plus the rows of W."""
    size = len(layers[0][0])

    def run(x):
        for W, b in layers:
            x = x @ W + b
        return x

    b = run(np.zeros((1, size), layers[0][0].dtype))
    lines = [np.zeros_like(b)]  # so that the type is right with no input at all
    for i in range(size):
        unit = np.zeros((1, size), layers[0][0].dtype)
        unit[0, i] = 1
        lines.append(run(unit) - b)
    return np.concatenate(lines[1:]), b[0]


def stack(draw, sizes, layout=False):
    """Random layers between these widths, in sizes that keep the numbers near 1."""
    pairs = pairwise(sizes)
    return [
        (draw.array((n, m), scale=n**-0.5, layout=layout), draw.array(m, scale=0.5, layout=layout)) for n, m in pairs
    ]


@draws(20)
def test_one_layer_for_all(mine, draw):
    """collapse_linear gives the one layer that does what 1 to 6 layers of any widths do."""
    depth = 2 if draw.index == 0 else draw.int(1, 6)
    sizes = [draw.int(1 + (draw.index == 0), 6) for _ in range(depth + 1)]
    same(mine.collapse_linear, one_by_one, stack(draw, sizes))


@draws(5)
def test_layouts(mine, draw):
    """collapse_linear takes transposed, strided and read-only arrays, and square layers in the right order."""
    same(mine.collapse_linear, one_by_one, stack(draw, [3, 3, 3, 3, 3], layout=True))


@draws(3)
def test_bottleneck(mine, draw):
    """collapse_linear passes through layers of width 1."""
    sizes = draw.pick([4, 1, 3], [1, 1, 1], [1, 4, 1])
    same(mine.collapse_linear, one_by_one, stack(draw, sizes))


@draws(2)
def test_single_layer(mine, draw):
    """collapse_linear gives copies of a single layer, not the caller's own arrays."""
    same(mine.collapse_linear, one_by_one, stack(draw, [3, 2]))


def test_nothing_to_collapse(mine):
    """collapse_linear raises ValueError for an empty list."""
    raises(ValueError, mine.collapse_linear, [], because="without a layer the widths are not known")


def shapes(net):
    return {key: getattr(value, "shape", None) for key, value in net.items()}


def network(mine):
    """The learner's network, after a look at its keys."""
    net = mine.xor_network()
    keys = {"W1", "b1", "W2", "b2"}
    holds(
        isinstance(net, dict) and set(net) == keys, "not a dict with the four keys", got=net, expected=str(sorted(keys))
    )
    return net


def test_xor_shapes(mine):
    """xor_network gives W1 (2, H), b1 (H,), W2 (H, 1) and b2 (1,), with one or two hidden units."""
    net = network(mine)
    found = shapes(net)
    units = found["W1"][1] if found["W1"] is not None and len(found["W1"]) == 2 else 0
    wanted = {"W1": (2, units), "b1": (units,), "W2": (units, 1), "b2": (1,)}
    holds(units in (1, 2), "W1 is not a (2, H) array with H of 1 or 2", got=found, expected="(2, 2)")
    holds(found == wanted, "the shapes do not fit together", got=found, expected=str(wanted))


def test_xor_values(mine):
    """xor_network, with ReLU between its layers, is 0, 1, 1, 0 at the four corners, to a millionth."""
    net = network(mine)
    hidden = np.maximum(CORNERS @ net["W1"] + net["b1"], 0)
    y = np.asarray(hidden @ net["W2"] + net["b2"], dtype=np.float64)
    close(y, XOR, "the output", rtol=0, atol=1e-6, input={"x": CORNERS})


def test_xor_twice(mine):
    """xor_network gives the same network every time."""
    first, second = mine.xor_network(), mine.xor_network()
    close(second, first, "the second network", exact=True)
