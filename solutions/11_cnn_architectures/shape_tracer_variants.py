"""Other right ways to trace shapes, and the mistakes that people make."""

from __future__ import annotations

import math

from tutor.checks import accept, reject
from tutor.mine import conv_cost, conv_out, dense_cost


def follow(spec, in_shape, rules, name_of=None):
    """The loop, with the rule of each kind: rule(shape, *numbers) gives shape and parameters."""
    rows, shape, seen = [], tuple(in_shape), {}
    for kind, *numbers in spec:
        seen[kind] = seen.get(kind, 0) + 1
        name = name_of(len(rows), kind) if name_of else f"{kind}{seen[kind]}"
        if kind not in rules:
            raise ValueError(f"{name}: unknown")
        try:
            shape, count = rules[kind](shape, *numbers)
        except (ValueError, TypeError) as error:
            raise ValueError(f"{name}: {error}") from None
        rows.append((name, shape, count))
    return rows


def image(shape):
    if len(shape) != 3:
        raise ValueError("not an image")
    return shape


def vector(shape):
    if len(shape) != 1:
        raise ValueError("not a vector")
    return shape[0]


def conv(shape, c_out, k, s, p, groups=1):
    c, h, w = image(shape)
    hw = conv_out(h, k, s, p), conv_out(w, k, s, p)
    return (c_out, *hw), conv_cost(c, c_out, (k, k), hw, groups)[0]


def pool(shape, k, s, p):
    c, h, w = image(shape)
    return (c, conv_out(h, k, s, p), conv_out(w, k, s, p)), 0


def keep(shape):
    return shape, 0


RULES = {
    "conv": conv,
    "maxpool": pool,
    "avgpool": pool,
    "relu": keep,
    "lrn": keep,
    "dropout": keep,
    "gap": lambda shape: ((image(shape)[0],), 0),
    "flatten": lambda shape: ((math.prod(shape),), 0),
    "dense": lambda shape, n: ((n,), dense_cost(vector(shape), n)[0]),
}


@accept("a chain of ifs, one shape at a time")
def trace_shapes(spec, in_shape):
    rows, shape, counts = [], tuple(in_shape), {}
    for layer in spec:
        kind = layer[0]
        counts[kind] = counts.get(kind, 0) + 1
        name, params = f"{kind}{counts[kind]}", 0
        try:
            if kind == "conv":
                shape, params = conv(shape, *layer[1:])
            elif kind.endswith("pool"):
                shape, params = pool(shape, *layer[1:])
            elif kind == "dense":
                params = dense_cost(vector(shape), layer[1])[0]
                shape = (layer[1],)
            elif kind == "flatten":
                shape = (math.prod(shape),)
            elif kind == "gap":
                shape = image(shape)[:1]
            elif kind not in ("relu", "lrn", "dropout"):
                raise ValueError("an unknown layer")
        except ValueError as error:
            raise ValueError(f"{error} (at {name})") from error
        rows.append((name, shape, params))
    return rows


@accept("written out, without the earlier functions")
def trace_shapes(spec, in_shape):
    out, shape, names = [], in_shape, []
    for layer in spec:
        kind = layer[0]
        names.append(kind)
        name = kind + str(names.count(kind))
        params = 0
        if kind in ("conv", "maxpool", "avgpool", "gap"):
            if len(shape) != 3:
                raise ValueError(f"{name} needs an image, got {shape}")
            c, h, w = shape
            if kind == "gap":
                shape = (c,)
            else:
                k, s, p = layer[-3:] if kind != "conv" else layer[2:5]
                h, w = (h + 2 * p - k) // s + 1, (w + 2 * p - k) // s + 1
                if h < 1 or w < 1:
                    raise ValueError(f"the image is too small for {name}")
                if kind == "conv":
                    groups = layer[5] if len(layer) == 6 else 1
                    if c % groups or layer[1] % groups:
                        raise ValueError(f"the groups of {name}")
                    params = layer[1] * (c // groups * k**2 + 1)
                    c = layer[1]
                shape = (c, h, w)
        elif kind == "flatten":
            n = 1
            for size in shape:
                n *= size
            shape = (n,)
        elif kind == "dense":
            if len(shape) > 1:
                raise ValueError(f"flatten before {name}")
            params = (shape[0] + 1) * layer[1]
            shape = (layer[1],)
        elif kind not in {"relu", "lrn", "dropout"}:
            raise ValueError(f"{name}?")
        out.append((name, shape, params))
    return out


@reject(
    "grouped convolution counted as full",
    "With groups a filter reads only C / groups channels: pass groups on to conv_cost.",
)
def trace_shapes(spec, in_shape):
    def full(shape, c_out, k, s, p, groups=1):
        conv(shape, c_out, k, s, p, groups)
        return conv(shape, c_out, k, s, p)

    return follow(spec, in_shape, RULES | {"conv": full})


@reject(
    "parameters divided by the groups", "Only the weights are shared out among the groups; every filter keeps its bias."
)
def trace_shapes(spec, in_shape):
    def divided(shape, c_out, k, s, p, groups=1):
        out, count = conv(shape, c_out, k, s, p)
        conv(shape, c_out, k, s, p, groups)
        return out, count // groups

    return follow(spec, in_shape, RULES | {"conv": divided})


@reject("bias forgotten", "Every filter and every output unit has a bias. VGG-16 would be 13 416 parameters short.")
def trace_shapes(spec, in_shape):
    def conv_only(shape, c_out, *rest):
        out, count = conv(shape, c_out, *rest)
        return out, count - c_out

    def dense_only(shape, n):
        return (n,), vector(shape) * n

    return follow(spec, in_shape, RULES | {"conv": conv_only, "dense": dense_only})


@reject(
    "bias of the convolutions forgotten", "A convolution has one bias a filter, as a dense layer has one an output."
)
def trace_shapes(spec, in_shape):
    def weights(shape, c_out, *rest):
        out, count = conv(shape, c_out, *rest)
        return out, count - c_out

    return follow(spec, in_shape, RULES | {"conv": weights})


@reject("multiply-adds instead of parameters", "conv_cost and dense_cost give two numbers; the parameters come first.")
def trace_shapes(spec, in_shape):
    def work(shape, c_out, k, s, p, groups=1):
        out, _ = conv(shape, c_out, k, s, p, groups)
        return out, conv_cost(shape[0], c_out, (k, k), out[1:], groups)[1]

    return follow(spec, in_shape, RULES | {"conv": work})


@reject("flatten gives H·W", "Channels count too: flattening (256, 6, 6) gives 9216 numbers, not 36.")
def trace_shapes(spec, in_shape):
    return follow(spec, in_shape, RULES | {"flatten": lambda shape: ((math.prod(shape[-2:]),), 0)})


@reject(
    "global average keeps two axes of size 1", "gap gives a vector, (C), ready for a dense layer; yours is (C, 1, 1)."
)
def trace_shapes(spec, in_shape):
    def dense(shape, n):
        return (n,), dense_cost(math.prod(shape), n)[0]

    return follow(spec, in_shape, RULES | {"gap": lambda shape: ((image(shape)[0], 1, 1), 0), "dense": dense})


@reject(
    "square images only",
    "You trace the rows and take the columns to be as many. Images need not be square: reckon H and W apart.",
)
def trace_shapes(spec, in_shape):
    def square(rule):
        def layer(shape, *numbers):
            (c, h, _), count = rule(shape, *numbers)
            return (c, h, h), count

        return layer

    return follow(spec, in_shape, RULES | {kind: square(RULES[kind]) for kind in ("conv", "maxpool", "avgpool")})


@reject("rows and columns swapped", "in_shape is (C, H, W), and so is every shape in the list: rows before columns.")
def trace_shapes(spec, in_shape):
    def turned(rule):
        def layer(shape, *numbers):
            (c, h, w), count = rule(shape, *numbers)
            return (c, w, h), count

        return layer

    return follow(spec, in_shape, RULES | {kind: turned(RULES[kind]) for kind in ("conv", "maxpool", "avgpool")})


@reject("sizes rounded up", "A window that does not fit entirely does not count: sizes are rounded down.")
def trace_shapes(spec, in_shape):
    def up(shape, k, s, p):
        c, h, w = image(shape)
        pool(shape, k, s, p)
        return (c, -(-(h + 2 * p - k) // s) + 1, -(-(w + 2 * p - k) // s) + 1), 0

    return follow(spec, in_shape, RULES | {"maxpool": up, "avgpool": up})


@reject("padding counted once", "Padding lies on either side: the image grows by 2p.")
def trace_shapes(spec, in_shape):
    def once(shape, c_out, k, s, p, groups=1):
        c, h, w = image(shape)
        out = c_out, (h + p - k) // s + 1, (w + p - k) // s + 1
        return out, conv(shape, c_out, k, s, p, groups)[1]

    return follow(spec, in_shape, RULES | {"conv": once})


@reject(
    "pooling steps by its window",
    "Pooling has a stride of its own, the second number. AlexNet's windows overlap: 3 wide, 2 apart.",
)
def trace_shapes(spec, in_shape):
    def apart(shape, k, s, p):
        return pool(shape, k, k, p)

    return follow(spec, in_shape, RULES | {"maxpool": apart, "avgpool": apart})


@reject("padding of the pooling ignored", "Pooling has padding too, the last number.")
def trace_shapes(spec, in_shape):
    def bare(shape, k, s, p):
        return pool(shape, k, s, 0)

    return follow(spec, in_shape, RULES | {"maxpool": bare, "avgpool": bare})


@reject("kernel counted once for all channels", "A filter has a kernel of its own for every channel it reads.")
def trace_shapes(spec, in_shape):
    def thin(shape, c_out, k, s, p, groups=1):
        return conv(shape, c_out, k, s, p, groups)[0], c_out * (k * k + 1)

    return follow(spec, in_shape, RULES | {"conv": thin})


@reject(
    "dense flattens by itself",
    "A dense layer that meets an image is a mistake in the list: raise ValueError instead of flattening.",
)
def trace_shapes(spec, in_shape):
    return follow(spec, in_shape, RULES | {"dense": lambda shape, n: ((n,), dense_cost(math.prod(shape), n)[0])})


@reject(
    "dense on the last axis",
    "PyTorch's Linear would read the columns here. A dense layer of a CNN reads a vector: raise ValueError.",
)
def trace_shapes(spec, in_shape):
    return follow(spec, in_shape, RULES | {"dense": lambda shape, n: ((*shape[:-1], n), dense_cost(shape[-1], n)[0])})


@reject("names count all layers", "Names count the layers of their own kind: conv1, relu1, conv2.")
def trace_shapes(spec, in_shape):
    return follow(spec, in_shape, RULES, lambda i, kind: f"{kind}{i + 1}")


@reject("names from zero", "Names count from 1, as in the papers: the first convolution is conv1.")
def trace_shapes(spec, in_shape):
    return [
        (f"{name.rstrip('0123456789')}{int(name[len(name.rstrip('0123456789')) :]) - 1}", s, n)
        for name, s, n in follow(spec, in_shape, RULES)
    ]


@reject("names without numbers", "Number the layers of each kind: conv1, conv2, …")
def trace_shapes(spec, in_shape):
    return follow(spec, in_shape, RULES, lambda i, kind: kind)


@reject(
    "message without the layer",
    "Your ValueError does not say which layer it was. Catch it, and raise one with the name.",
)
def trace_shapes(spec, in_shape):
    try:
        return follow(spec, in_shape, RULES)
    except ValueError as error:
        raise ValueError(str(error).partition(": ")[2]) from None


@reject(
    "unknown kinds kept as they are",
    "A kind that is not in the table is a spelling mistake: raise ValueError instead of passing it by.",
)
def trace_shapes(spec, in_shape):
    return follow(spec, in_shape, {kind: lambda shape, *_: (shape, 0) for kind, *_ in spec} | RULES)


@reject(
    "sizes below 1", "A window larger than the image gives a size of 0 or less. Raise ValueError, as conv_out does."
)
def trace_shapes(spec, in_shape):
    def any_size(k, s, p, *sizes):
        return tuple((n + 2 * p - k) // s + 1 for n in sizes)

    def blind_conv(shape, c_out, k, s, p, groups=1):
        c, h, w = image(shape)
        hw = any_size(k, s, p, h, w)
        return (c_out, *hw), conv_cost(c, c_out, (k, k), hw, groups)[0]

    def blind_pool(shape, k, s, p):
        c, h, w = image(shape)
        return (c, *any_size(k, s, p, h, w)), 0

    return follow(spec, in_shape, RULES | {"conv": blind_conv, "maxpool": blind_pool, "avgpool": blind_pool})


@reject("spec used up", "pop empties the caller's list: the second call finds no layers. Loop over the list instead.")
def trace_shapes(spec, in_shape):
    layers = []
    while spec:
        layers.append(spec.pop(0))
    return follow(layers, in_shape, RULES)


@reject("input instead of output", "Each row shows what goes into its layer. Note the shape that comes out.")
def trace_shapes(spec, in_shape):
    rows = follow(spec, in_shape, RULES)
    before = [tuple(in_shape)] + [shape for _, shape, _ in rows]
    return [(name, before[i], n) for i, (name, _, n) in enumerate(rows)]


@reject("running total", "The third entry counts the layer's own parameters, not all up to it.")
def trace_shapes(spec, in_shape):
    total, rows = 0, []
    for name, shape, n in follow(spec, in_shape, RULES):
        total += n
        rows.append((name, shape, total))
    return rows
