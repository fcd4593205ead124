"""How far a unit of each layer sees into the input."""

from __future__ import annotations


def receptive_field(layers: list[dict[str, int]]) -> list[tuple[int, int, float]]:
    r"""After each layer: size of the field, jump between neighbours, centre of the first unit, in input pixels."""
    size, jump, centre = 1, 1, 0.0  # an input pixel sees itself
    fields = []
    for layer in layers:
        k, s, p, d = layer["k"], layer.get("s", 1), layer.get("p", 0), layer.get("d", 1)
        reach = d * (k - 1)  # from the first tap of the window to the last, in units of the layer below
        size += reach * jump
        centre += (reach / 2 - p) * jump
        jump *= s  # only now: the window was laid over units that are the old jump apart
        fields.append((size, jump, centre))
    return fields
