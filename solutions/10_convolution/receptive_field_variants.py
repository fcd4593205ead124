"""Other right ways to follow a field through layers, and the usual slips."""

from __future__ import annotations

from itertools import accumulate

from tutor.checks import accept, reject


def read(layer):
    """k, s, p, d with their defaults."""
    return layer["k"], layer.get("s", 1), layer.get("p", 0), layer.get("d", 1)


@accept("first and last pixel instead of size and centre")
def receptive_field(layers):
    first, last, jump, out = 0, 0, 1, []
    for layer in layers:
        k, s, p, d = read(layer)
        first, last = first - p * jump, last + ((k - 1) * d - p) * jump
        jump *= s
        out.append((last - first + 1, jump, (first + last) / 2))
    return out


@accept("accumulate")
def receptive_field(layers):
    def step(field, layer):
        k, s, p, d = read(layer)
        size, jump, centre = field
        return size + (k - 1) * d * jump, jump * s, centre + ((k - 1) * d / 2 - p) * jump

    return list(accumulate(layers, step, initial=(1, 1, 0.0)))[1:]


@accept("each depth from the top down")
def receptive_field(layers):
    out = []
    for depth in range(1, len(layers) + 1):
        first, last, jump = 0, 0, 1
        for layer in reversed(layers[:depth]):
            k, s, p, d = read(layer)
            first, last, jump = first * s - p, last * s - p + (k - 1) * d, jump * s
        out.append((last - first + 1, jump, 0.5 * (first + last)))
    return out


@reject(
    "recursion of the other direction",
    "r·s - s + k leads from the LAST layer down to the picture. From the first layer up, the size grows by (k - 1)·d·jump.",
)
def receptive_field(layers):
    size, jump, centre, out = 1, 1, 0.0, []
    for layer in layers:
        k, s, p, d = read(layer)
        size = (size - 1) * s + (k - 1) * d + 1
        centre += ((k - 1) * d / 2 - p) * jump
        jump *= s
        out.append((size, jump, centre))
    return out


@reject("sizes as floats", "Sizes are whole numbers of pixels: start with 1, not with 1.0, and divide nothing.")
def receptive_field(layers):
    size, jump, centre, out = 1.0, 1, 0.0, []
    for layer in layers:
        k, s, p, d = read(layer)
        size += (k - 1) * d * jump
        centre += ((k - 1) * d / 2 - p) * jump
        jump *= s
        out.append((size, jump, centre))
    return out


@reject("centre before the jump", "The order is (size, jump, centre).")
def receptive_field(layers):
    size, jump, centre, out = 1, 1, 0.0, []
    for layer in layers:
        k, s, p, d = read(layer)
        size += (k - 1) * d * jump
        centre += ((k - 1) * d / 2 - p) * jump
        jump *= s
        out.append((size, centre, jump))
    return out


@reject(
    "dilation left out of the centre",
    "A dilated window reaches (k - 1)·d units, and its middle lies half of that behind its first tap.",
)
def receptive_field(layers):
    size, jump, centre, out = 1, 1, 0.0, []
    for layer in layers:
        k, s, p, d = read(layer)
        size += (k - 1) * d * jump
        centre += ((k - 1) / 2 - p) * jump
        jump *= s
        out.append((size, jump, centre))
    return out


@reject(
    "jump left out of the size",
    "Later layers step over `jump` pixels of the input at a time: the size grows by (k - 1)·d·jump.",
)
def receptive_field(layers):
    size, jump, centre, out = 1, 1, 0.0, []
    for layer in layers:
        k, s, p, d = read(layer)
        size += (k - 1) * d
        centre += ((k - 1) * d / 2 - p) * jump
        jump *= s
        out.append((size, jump, centre))
    return out


@reject(
    "jump updated too early",
    "You multiplied the jump by this layer's stride before using it. The window lies on units that are the OLD jump apart.",
)
def receptive_field(layers):
    size, jump, centre, out = 1, 1, 0.0, []
    for layer in layers:
        k, s, p, d = read(layer)
        jump *= s
        size += (k - 1) * d * jump
        centre += ((k - 1) * d / 2 - p) * jump
        out.append((size, jump, centre))
    return out


@reject(
    "padding enlarges the field",
    "Padding moves the field, it does not widen it: the window has as many taps as before.",
)
def receptive_field(layers):
    size, jump, centre, out = 1, 1, 0.0, []
    for layer in layers:
        k, s, p, d = read(layer)
        size += ((k - 1) * d + 2 * p) * jump
        centre += ((k - 1) * d / 2 - p) * jump
        jump *= s
        out.append((size, jump, centre))
    return out


@reject("k instead of k - 1", "The first tap already has its field: a window of k taps adds k - 1 steps, not k.")
def receptive_field(layers):
    size, jump, centre, out = 1, 1, 0.0, []
    for layer in layers:
        k, s, p, d = read(layer)
        size += k * d * jump
        centre += ((k - 1) * d / 2 - p) * jump
        jump *= s
        out.append((size, jump, centre))
    return out


@reject("starts with a field of 0", "Before the first layer a unit is a pixel, and sees itself: the size starts at 1.")
def receptive_field(layers):
    size, jump, centre, out = 0, 1, 0.0, []
    for layer in layers:
        k, s, p, d = read(layer)
        size += (k - 1) * d * jump
        centre += ((k - 1) * d / 2 - p) * jump
        jump *= s
        out.append((size, jump, centre))
    return out


@reject("strides added", "Strides multiply: two layers with stride 2 make neighbours 4 pixels apart.")
def receptive_field(layers):
    size, jump, centre, out = 1, 1, 0.0, []
    for layer in layers:
        k, s, p, d = read(layer)
        size += (k - 1) * d * jump
        centre += ((k - 1) * d / 2 - p) * jump
        jump += s - 1
        out.append((size, jump, centre))
    return out


@reject("dilation ignored", "Dilated taps lie d units apart: they reach over (k - 1)·d of them.")
def receptive_field(layers):
    size, jump, centre, out = 1, 1, 0.0, []
    for layer in layers:
        k, s, p, _ = read(layer)
        size += (k - 1) * jump
        centre += ((k - 1) / 2 - p) * jump
        jump *= s
        out.append((size, jump, centre))
    return out


@reject(
    "centre moved by the padding only",
    "You moved the centre by -p. It also lies (k - 1)·d/2 units behind the first tap.",
)
def receptive_field(layers):
    size, jump, centre, out = 1, 1, 0.0, []
    for layer in layers:
        k, s, p, d = read(layer)
        size += (k - 1) * d * jump
        centre += -float(p) * jump
        jump *= s
        out.append((size, jump, centre))
    return out


@reject(
    "padding moves the centre to the right", "Zeros in front of the input move the first window to the LEFT: minus p."
)
def receptive_field(layers):
    size, jump, centre, out = 1, 1, 0.0, []
    for layer in layers:
        k, s, p, d = read(layer)
        size += (k - 1) * d * jump
        centre += ((k - 1) * d / 2 + p) * jump
        jump *= s
        out.append((size, jump, centre))
    return out


@reject("padding not times the jump", "One zero of padding at this layer is `jump` pixels of the input wide.")
def receptive_field(layers):
    size, jump, centre, out = 1, 1, 0.0, []
    for layer in layers:
        k, s, p, d = read(layer)
        size += (k - 1) * d * jump
        centre += (k - 1) * d / 2 * jump - p
        jump *= s
        out.append((size, jump, centre))
    return out


@reject(
    "centre rounded to a pixel",
    "With an even window the centre lies between two pixels: divide by 2 with /, not with //.",
)
def receptive_field(layers):
    size, jump, centre, out = 1, 1, 0.0, []
    for layer in layers:
        k, s, p, d = read(layer)
        size += (k - 1) * d * jump
        centre += ((k - 1) * d // 2 - p) * jump
        jump *= s
        out.append((size, jump, float(centre)))
    return out


@reject("only the last layer", "The field after EACH layer is asked for, as a list; you gave the last one only.")
def receptive_field(layers):
    size, jump, centre = 1, 1, 0.0
    for layer in layers:
        k, s, p, d = read(layer)
        size += (k - 1) * d * jump
        centre += ((k - 1) * d / 2 - p) * jump
        jump *= s
    return [(size, jump, centre)]


@reject(
    "the input in the list", "Your list begins with the input itself. One tuple for each layer, the input has none."
)
def receptive_field(layers):
    size, jump, centre = 1, 1, 0.0
    out = [(size, jump, centre)]
    for layer in layers:
        k, s, p, d = read(layer)
        size += (k - 1) * d * jump
        centre += ((k - 1) * d / 2 - p) * jump
        jump *= s
        out.append((size, jump, centre))
    return out


@reject(
    "defaults written into the layers",
    'You filled the defaults into the caller\'s dicts. Read them with layer.get("s", 1) instead.',
)
def receptive_field(layers):
    size, jump, centre, out = 1, 1, 0.0, []
    for layer in layers:
        k, s = layer["k"], layer.setdefault("s", 1)
        p, d = layer.setdefault("p", 0), layer.setdefault("d", 1)
        size += (k - 1) * d * jump
        centre += ((k - 1) * d / 2 - p) * jump
        jump *= s
        out.append((size, jump, centre))
    return out
