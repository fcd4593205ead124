from __future__ import annotations

from tutor.mine import conv_cost, conv_out, dense_cost


def trace_shapes(spec: list[tuple], in_shape: tuple[int, int, int]) -> list[tuple[str, tuple[int, ...], int]]:
    """One (name, output shape without the batch axis, number of parameters) a layer.

    spec: the layers in order: ("conv", c_out, k, s, p) or ("conv", c_out, k, s, p, groups), ("maxpool", k, s, p),
    ("avgpool", k, s, p), ("relu",), ("lrn",), ("dropout",), ("gap",), ("flatten",), ("dense", n_out).
    in_shape: (C, H, W). The names count each kind from 1: conv1, relu1, maxpool1, conv2, …
    Raises ValueError, with the name in its message, for a layer of another kind or one that does not fit its input.
    """
    # TODO: carry the shape from layer to layer; at each, note its name, what comes out, and what it has to learn.
    raise NotImplementedError
