"""Shapes, parameters and work of the classic networks, row by row."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tutor.training import Bars, Figure, Note, choice, knob

TITLE = "Shape and parameter tracer"
TEACHES = (
    "Parameters sit in the first dense layer, work in the convolutions, memory in the largest maps. Put gap in place "
    "of the dense layers: where do the weights go? AlexNet fits 227, not the 224 of its paper: what is left over?"
)

Shape = tuple[int, ...]
Layer = tuple[str, tuple[int, ...]]


def conv(c_out: int, k: int, s: int = 1, p: int = 0, groups: int = 1) -> Layer:
    """A convolution with bias."""
    return "conv", (c_out, k, s, p, groups)


def pool(k: int, s: int, p: int = 0) -> Layer:
    """Pooling."""
    return "pool", (k, s, p)


def dense(n: int) -> Layer:
    """A fully connected layer; what reaches it is flattened."""
    return "dense", (n,)


def basic(c_out: int, s: int) -> list[Layer]:
    """A basic block: two convolutions, and a projection beside them where the shape changes."""
    side: list[Layer] = [("side", (c_out, s))]
    return [*side, ("conv+bn", (c_out, 3, s, 1, 1)), ("conv+bn", (c_out, 3, 1, 1, 1))]


def vgg(width: int, repeats: int) -> tuple[str, list[Layer]]:
    """A VGG block."""
    return f"{repeats} × conv {width}@3, pool", [conv(width, 3, 1, 1)] * repeats + [pool(2, 2)]


NETWORKS: dict[str, tuple[int, int, list[tuple[str, list[Layer]]]]] = {
    "LeNet-5": (
        1,
        28,
        [
            ("conv 6@5", [conv(6, 5, 1, 2)]),
            ("pool 2", [pool(2, 2)]),
            ("conv 16@5", [conv(16, 5)]),
            ("pool 2", [pool(2, 2)]),
            ("dense 120", [dense(120)]),
            ("dense 84", [dense(84)]),
            ("dense 10", [dense(10)]),
        ],
    ),
    "AlexNet": (
        3,
        227,
        [
            ("conv 96@11 /4", [conv(96, 11, 4)]),
            ("pool 3 /2", [pool(3, 2)]),
            ("conv 256@5, 2 groups", [conv(256, 5, 1, 2, 2)]),
            ("pool 3 /2", [pool(3, 2)]),
            ("conv 384@3", [conv(384, 3, 1, 1)]),
            ("conv 384@3, 2 groups", [conv(384, 3, 1, 1, 2)]),
            ("conv 256@3, 2 groups", [conv(256, 3, 1, 1, 2)]),
            ("pool 3 /2", [pool(3, 2)]),
            ("dense 4096", [dense(4096)]),
            ("dense 4096", [dense(4096)]),
            ("dense 1000", [dense(1000)]),
        ],
    ),
    "VGG-16": (
        3,
        224,
        [
            *(vgg(*block) for block in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))),
            ("dense 4096", [dense(4096)]),
            ("dense 4096", [dense(4096)]),
            ("dense 1000", [dense(1000)]),
        ],
    ),
    "ResNet-18": (
        3,
        224,
        [
            ("conv 64@7 /2, pool", [("conv+bn", (64, 7, 2, 3, 1)), pool(3, 2, 1)]),
            ("2 basic blocks 64", basic(64, 1) * 2),
            ("2 basic blocks 128", basic(128, 2) + basic(128, 1)),
            ("2 basic blocks 256", basic(256, 2) + basic(256, 1)),
            ("2 basic blocks 512", basic(512, 2) + basic(512, 1)),
            ("average, dense 1000", [("gap", ()), dense(1000)]),
        ],
    ),
}


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    network: str = choice("AlexNet", *NETWORKS, help="which network")
    size: int = knob(0, 0, 512, step=1, help="rows and columns of the picture; 0 takes the size of the paper")
    show: str = choice(
        "parameters", "parameters", "work", "numbers", help="work: multiply-adds; numbers: values a layer puts out"
    )
    head: str = choice("dense", "dense", "gap", help="gap: global average pooling, then only the last dense layer")


@dataclass(frozen=True)
class Row:
    """One bar: what comes out, and what it costs."""

    label: str
    shape: Shape
    parameters: int
    work: int
    numbers: int
    lost: int
    """Rows of the picture that no window reached."""


def draw(knobs: Knobs) -> Figure:
    """One bar a layer or block."""
    channels, usual, blocks = NETWORKS[knobs.network]
    size = knobs.size or usual
    try:
        rows = trace(with_head(blocks, knobs.head), (channels, size, size))
    except ValueError as error:
        return Figure((Note(f"{knobs.network} cannot read pictures of {size} × {size}:"), Note(str(error), role="bad")))
    values = [{"parameters": r.parameters, "work": r.work, "numbers": r.numbers}[knobs.show] for r in rows]
    wide = max(len(r.label) for r in rows)
    labels = tuple(f"{r.label:<{wide}} {'×'.join(map(str, r.shape)):>10}" for r in rows)
    roles = tuple("third" if "dense" in r.label else "muted" if r.label.startswith("pool") else "mine" for r in rows)
    bars = Bars(labels, tuple(map(float, values)), tuple(f"{v:,}" for v in values), roles, low=0.0)
    title = f"{knobs.network} on {channels} × {size} × {size}: {knobs.show}"
    return Figure((bars, Note(""), *(Note(line) for line in words(rows, values, knobs.show))), title)


def words(rows: list[Row], values: list[int], show: str) -> list[str]:
    """The sum, the share of the dense layers, and pixels that were lost."""
    total = max(1, sum(values))
    share = sum(v for r, v in zip(rows, values, strict=True) if "dense" in r.label) / total
    lines = [f"{sum(values):,} in all, {100 * share:.1f} % of them in dense layers."]
    lost = [r for r in rows if r.lost]
    if lost:
        much = "row and column" if lost[0].lost == 1 else f"{lost[0].lost} rows and columns"
        lines.append(f"{lost[0].label} never looks at the last {much} of what reaches it.")
    return lines


def with_head(blocks: list[tuple[str, list[Layer]]], head: str) -> list[tuple[str, list[Layer]]]:
    """The same network, or one that averages over the maps and keeps only the last dense layer."""
    if head == "dense":
        return blocks
    kept = [b for b in blocks if "dense" not in b[0]]
    return [*kept, (f"gap, {blocks[-1][0].split(', ')[-1]}", [("gap", ()), blocks[-1][1][-1]])]


def trace(blocks: list[tuple[str, list[Layer]]], shape: Shape) -> list[Row]:
    """Follow the shape; raises ValueError where a window does not fit."""
    rows = []
    for label, layers in blocks:
        parameters = work = numbers = lost = 0
        for kind, n in layers:
            before = shape
            shape, weights, others, rest = step(kind, n, shape)
            pixels = math.prod(shape[1:]) if kind != "side" else -(-before[1] // n[1]) * -(-before[2] // n[1])
            parameters, work, lost = parameters + weights + others, work + weights * pixels, max(lost, rest)
            numbers += math.prod(shape) if kind not in ("side", "gap") else 0
        rows.append(Row(label, shape, parameters, work, numbers, lost))
    return rows


def step(kind: str, n: tuple[int, ...], shape: Shape) -> tuple[Shape, int, int, int]:
    """(output shape, weights, other parameters, rows never looked at) of one layer."""
    if kind == "gap":
        return shape[:1], 0, 0, 0
    if kind == "dense":
        return n, math.prod(shape) * n[0], n[0], 0
    if kind == "side":
        c_out, s = n
        return (shape, 0, 0, 0) if s == 1 and c_out == shape[0] else (shape, shape[0] * c_out, 2 * c_out, 0)
    c_out, k, s, p, groups = n if kind != "pool" else (shape[0], *n, 1)
    sizes, rest = slid(shape[1], k, s, p)
    if kind == "pool":
        return (c_out, sizes, sizes), 0, 0, rest
    weights = c_out * (shape[0] // groups) * k * k
    return (c_out, sizes, sizes), weights, c_out * (2 if kind == "conv+bn" else 1), rest


def slid(n: int, k: int, s: int, p: int) -> tuple[int, int]:
    """Window positions, and how many of the picture's own rows are left over at the end."""
    room = n + 2 * p - k
    if room < 0:
        raise ValueError(f"a window of {k} does not fit into {n} rows with padding {p}.")
    return room // s + 1, max(0, room % s - p)
