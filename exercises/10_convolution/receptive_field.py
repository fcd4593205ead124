from __future__ import annotations


def receptive_field(layers: list[dict[str, int]]) -> list[tuple[int, int, float]]:
    r"""How far one unit sees, after each layer: (size, jump, centre of the first unit), in input pixels.

    layers: each {"k": …, "s": …, "p": …, "d": …}, a convolution or a pooling; s, p and d may be missing (1, 0, 1).
    With $j$ the jump of the layer below: size grows by $(k-1) d j$, the centre by $((k-1) d / 2 - p) j$, and then the
    jump is multiplied by $s$. Pixels are counted from 0. Returns one tuple (int, int, float) a layer.
    """
    # TODO: start with what an input pixel sees, and go through the layers.
    raise NotImplementedError
