"""Stack layers and see how far one unit looks, and past what."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.training import Figure, Note, choice, knob

TITLE = "Receptive field"
TEACHES = (
    "Two 3s see as far as one 5. A stride multiplies what every later layer adds; dilation spreads the taps of its own "
    "layer, and may leave holes. Padding moves a field, it never widens it."
)

LAYERS: dict[str, tuple[int, int, int, int]] = {
    "none": (1, 1, 0, 1),
    "conv 3": (3, 1, 1, 1),
    "conv 5": (5, 1, 2, 1),
    "conv 3 stride 2": (3, 2, 1, 1),
    "conv 7 stride 2": (7, 2, 3, 1),
    "conv 3 dilation 2": (3, 1, 2, 2),
    "conv 3 dilation 4": (3, 1, 4, 4),
    "conv 1": (1, 1, 0, 1),
    "pool 2 stride 2": (2, 2, 0, 1),
    "pool 3 stride 2": (3, 2, 0, 1),
}
"""Taps, stride, padding, dilation."""

COLUMNS = 37
BLANK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    layer_1: str = choice("conv 3", *LAYERS, help="the layer on the picture itself")
    layer_2: str = choice("conv 3", *LAYERS, help="what reads the first layer")
    layer_3: str = choice("pool 2 stride 2", *LAYERS, help="what reads the second layer")
    layer_4: str = choice("conv 3", *LAYERS, help="what reads the third layer")
    layer_5: str = choice("none", *LAYERS, help="what reads the fourth layer")
    unit: int = knob(4, 0, 12, help="which unit of the top layer is followed down; 0 is the first")


@dataclass(frozen=True)
class Level:
    """The units of one layer, seen from the input, and those that the followed unit depends on."""

    name: str
    size: int
    jump: int
    centre: float
    seen: frozenset[int]


def draw(knobs: Knobs) -> Figure:
    """A row a layer, the top one first: its numbers, and its units over the pixels of the input."""
    names = [knobs.layer_1, knobs.layer_2, knobs.layer_3, knobs.layer_4, knobs.layer_5]
    levels = stack([name for name in names if name != "none"], knobs.unit)
    pixels = levels[0].seen
    middle = (min(pixels) + max(pixels)) / 2
    scale = max(1, -(-(max(pixels) - min(pixels) + 9) // COLUMNS))  # pixels a character
    first = round(middle) - scale * (COLUMNS // 2)
    if scale == 1:
        first = max(-4, first) if min(pixels) >= -4 and max(pixels) < COLUMNS - 4 else first
    head = f"{'':19} size jump centre  {'● seen, · not, _ padding':<{COLUMNS}}"
    rows = [line(level, first, scale) for level in reversed(levels)]
    notes = [Note(spaced(text)) for text in (head, *rows)]
    return Figure((*notes, *(Note(text) for text in words(levels, scale))))


def stack(names: list[str], unit: int) -> list[Level]:
    """The input and its layers, from the bottom; the followed unit is traced down from the top."""
    numbers = [("picture", 1, 1, 0.0)]
    for name in names:
        k, s, p, d = LAYERS[name]
        _, size, jump, centre = numbers[-1]
        numbers.append((name, size + (k - 1) * d * jump, jump * s, centre + ((k - 1) * d / 2 - p) * jump))
    seen = [frozenset([unit])]
    for name in reversed(names):
        k, s, p, d = LAYERS[name]
        seen.append(frozenset(u * s - p + i * d for u in seen[-1] for i in range(k)))
    return [Level(*number, units) for number, units in zip(numbers, reversed(seen), strict=True)]


def line(level: Level, first: int, scale: int) -> str:
    """Name, numbers, and the units drawn where the centres of their fields lie."""
    cells = [" "] * COLUMNS
    count = -(-COLUMNS * scale // level.jump) + 40
    start = min(level.seen)
    for u in range(start - count, start + count):
        column = (round(level.centre + u * level.jump) - first) // scale
        if 0 <= column < COLUMNS and cells[column] != "●":
            outside = level.jump == 1 and level.size == 1 and u < 0
            cells[column] = "●" if u in level.seen else "_" if outside else "·"
    numbers = f"{level.size:4} {level.jump:4} {level.centre:6g}"
    return f"{level.name:<19} {numbers}  {''.join(cells)}"


def spaced(text: str) -> str:
    """Blanks that stay where they are when lines are wrapped."""
    return text.replace(" ", BLANK)


def words(levels: list[Level], scale: int) -> list[str]:
    """The field of the followed unit in words."""
    top, pixels = levels[-1], levels[0].seen
    unit = next(iter(top.seen))
    centre = top.centre + unit * top.jump
    low, high = centre - (top.size - 1) / 2, centre + (top.size - 1) / 2
    text = f"Unit {unit} sees pixels {low:g} … {high:g}: {top.size} wide"
    if len(pixels) < top.size:
        text += f", but only {len(pixels)} of them: the dilated taps leave holes"
    text += "." if low >= 0 else "; those below 0 are padding."
    return [text] if scale == 1 else [text, f"One character stands for {scale} pixels."]
