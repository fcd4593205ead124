"""Shapes and parameter counts of a network, read off its description without building it."""

from __future__ import annotations

import math

from tutor.mine import conv_cost, conv_out, dense_cost

KEEP_SHAPE = ("relu", "lrn", "dropout")

Shape = tuple[int, ...]


def trace_shapes(spec: list[tuple], in_shape: tuple[int, int, int]) -> list[tuple[str, Shape, int]]:
    """One (name, output shape without the batch axis, number of parameters) a layer.

    Args:
        spec: the layers in order, each a tuple of its kind and its numbers.
        in_shape: (C, H, W).

    Raises:
        ValueError: a layer of unknown kind, or one that does not fit what reaches it; the message names the layer.
    """
    rows, shape, seen = [], tuple(in_shape), {}
    for kind, *numbers in spec:
        seen[kind] = seen.get(kind, 0) + 1
        name = f"{kind}{seen[kind]}"
        try:
            shape, count = _layer(kind, numbers, shape)
        except ValueError as error:
            raise ValueError(f"{name} cannot read {shape}: {error}") from error
        rows.append((name, shape, count))
    return rows


def _layer(kind: str, numbers: list[int], shape: Shape) -> tuple[Shape, int]:
    """Output shape and parameters of one layer that reads `shape`."""
    if kind in KEEP_SHAPE:
        return shape, 0
    if kind == "flatten":
        return (math.prod(shape),), 0
    if kind == "dense":
        if len(shape) != 1:
            raise ValueError("a dense layer reads a vector; flatten first")
        return (numbers[0],), dense_cost(shape[0], numbers[0])[0]
    if kind not in ("conv", "maxpool", "avgpool", "gap"):
        raise ValueError("there is no such kind of layer")
    if len(shape) != 3:
        raise ValueError("it needs channels, rows and columns")
    return _spatial(kind, numbers, *shape)


def _spatial(kind: str, numbers: list[int], C: int, H: int, W: int) -> tuple[Shape, int]:
    """The layers that slide a window over rows and columns, and the one whose window is everything."""
    if kind == "gap":
        return (C,), 0
    if kind == "conv":
        c_out, k, s, p, *rest = numbers
        groups = rest[0] if rest else 1
        hw = conv_out(H, k, s, p), conv_out(W, k, s, p)
        return (c_out, *hw), conv_cost(C, c_out, (k, k), hw, groups)[0]
    k, s, p = numbers
    return (C, conv_out(H, k, s, p), conv_out(W, k, s, p)), 0
