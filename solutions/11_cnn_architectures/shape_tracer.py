"""Shapes and parameter counts of a network, read off its description without building it."""

from __future__ import annotations

import math
from collections.abc import Callable

from tutor.mine import conv_cost, conv_out, dense_cost


def trace_shapes(spec: list[tuple], in_shape: tuple[int, int, int]) -> list[tuple[str, tuple[int, ...], int]]:
    """One (name, output shape without the batch axis, number of parameters) a layer.

    Args:
        spec: the layers in order, each a tuple of its kind and its numbers.
        in_shape: (C, H, W).

    Raises:
        ValueError: a layer of unknown kind, or one that does not fit what reaches it; the message names the layer.
    """
    rows, shape, seen = [], in_shape, {}
    for kind, *numbers in spec:
        seen[kind] = seen.get(kind, 0) + 1
        name = f"{kind}{seen[kind]}"
        try:
            shape, count = _rule(kind)(shape, *numbers)
        except ValueError as error:
            raise ValueError(f"{name} cannot read {shape}: {error}") from error
        rows.append((name, shape, count))
    return rows


def _rule(kind: str) -> Callable:
    """The function (shape, its numbers) → (output shape, parameters) of a kind of layer."""
    rules = {"conv": _conv, "maxpool": _pool, "avgpool": _pool, "gap": _gap, "flatten": _flatten, "dense": _dense}
    if kind in ("relu", "lrn", "dropout"):
        return _keep
    if kind not in rules:
        raise ValueError("there is no such kind of layer")
    return rules[kind]


# Taking a shape apart raises a ValueError where it has another number of axes: that is the check.


def _conv(shape, c_out, k, s, p, groups=1):
    C, H, W = shape
    hw = conv_out(H, k, s, p), conv_out(W, k, s, p)
    return (c_out, *hw), conv_cost(C, c_out, (k, k), hw, groups)[0]


def _pool(shape, k, s, p):
    C, H, W = shape
    return (C, conv_out(H, k, s, p), conv_out(W, k, s, p)), 0


def _gap(shape):
    C, _, _ = shape
    return (C,), 0


def _flatten(shape):
    return (math.prod(shape),), 0


def _dense(shape, n_out):
    (n_in,) = shape
    return (n_out,), dense_cost(n_in, n_out)[0]


def _keep(shape):
    return shape, 0
