"""A ruler of whole numbers laid over the weights of a layer: where its marks fall, and what they miss."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tutor.training import Axis, Figure, Line, Note, Scatter, choice, knob, toggle
from tutor.training.figure import Part, Role

TITLE = "Quantiser"
TEACHES = (
    "The step is the range divided by the number of steps: one outlier makes it large for everybody. A scale for each "
    "channel keeps the damage in one channel; a symmetric ruler has 0 in its middle and wastes marks on one-sided data."
)

PER_CHANNEL = 60
CHANNELS = (0.25, 0.5, 1.0)
"""Spread of the numbers of each of three channels."""
BINS = 57
ROLES: tuple[Role, ...] = ("mine", "third", "fourth")
SIGNS = "|+x"


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    bits: int = knob(3, 1, 8, help="b bits give 2^b marks; with 1 bit, the sign times the mean of |w|")
    symmetric: bool = toggle(False, help="0 in the middle: the scale is max |w| / (2^(b-1) - 1)")
    scales: str = choice("tensor", "tensor", "channel", help="one scale for all three channels, or one for each")
    outlier: float = knob(0.0, 0.0, 20.0, step=1.0, help="one weight of the third channel is that large")
    one_sided: bool = toggle(False, help="only positive numbers, as they come out of a ReLU")


def draw(knobs: Knobs) -> Figure:
    """The histogram with the marks below it, and the error of each channel."""
    channels = numbers(knobs)
    every = [w for channel in channels for w in channel]
    groups = channels if knobs.scales == "channel" else [every]
    rulers = [ruler(group, knobs.bits, knobs.symmetric) for group in groups]
    rulers = rulers if len(rulers) == len(channels) else rulers * len(channels)
    back = [[nearest(w, marks) for w in channel] for channel, marks in zip(channels, rulers, strict=True)]
    low, high = min(0.0, *every), max(0.0, *every)
    counts = histogram(every, low, high)
    top = max(counts)
    width = (high - low) / BINS
    stairs_x = [low + width * (i + step) for i in range(BINS) for step in (0, 1)]
    stairs = Line(stairs_x, [float(c) for c in counts for _ in (0, 1)], "weights", "reference")
    parts: list[Part] = [stairs]
    for i, marks in enumerate(rulers if knobs.scales == "channel" else rulers[:1]):
        name = f"marks, channel {i + 1}" if knobs.scales == "channel" else "marks"
        height = -top * 0.08 * (i + 1)
        seen = [m for m in marks if low - width <= m <= high + width]
        parts.append(Scatter(seen, [height] * len(seen), name, ROLES[i], SIGNS[i]))
    y = Axis("weights", low=-top * 0.3, high=top * 1.08)
    title = f"{len(every)} weights in 3 channels, {2**knobs.bits} marks"
    notes = [Note(line) for line in words(knobs, channels, back, rulers)]
    return Figure((*parts, *notes), title, Axis("w"), y)


def words(knobs: Knobs, channels: list[list[float]], back: list[list[float]], rulers: list[list[float]]) -> list[str]:
    """Step and error of each channel, and what is stored."""
    lines = []
    for i, (channel, restored, marks) in enumerate(zip(channels, back, rulers, strict=True)):
        error = rms([a - b for a, b in zip(channel, restored, strict=True)])
        used = len({round(w, 9) for w in restored})
        step = marks[1] - marks[0] if len(marks) > 1 else 0.0
        relative = error / max(rms(channel), 1e-12)
        share = f"{used} of {len(marks)} marks used"
        lines.append(f"channel {i + 1}: step {step:.3f}, {share}, error {error:.3f} = {relative:.1%} of its size")
    count = sum(len(channel) for channel in channels)
    scales = len(channels) if knobs.scales == "channel" else 1
    stored = count * knobs.bits + 32 * scales
    lines.append(f"{count} weights: {count * 4} bytes as floats, {math.ceil(stored / 8)} now, scales included.")
    return lines


def numbers(knobs: Knobs) -> list[list[float]]:
    """Three bell-shaped channels (evenly spaced quantiles of a normal distribution) with spreads of their own."""
    made = []
    for i, spread in enumerate(CHANNELS):
        channel = [spread * probit((j + 0.5 + 0.2 * math.sin(7 * j + i)) / PER_CHANNEL) for j in range(PER_CHANNEL)]
        made.append([abs(w) for w in channel] if knobs.one_sided else channel)
    if knobs.outlier:
        made[-1][-1] = knobs.outlier
    return made


def ruler(values: list[float], bits: int, symmetric: bool) -> list[float]:
    """The values that can be stored, in ascending order."""
    if bits == 1:  # as XNOR-Net does it
        alpha = sum(abs(w) for w in values) / len(values)
        return [-alpha, alpha]
    first, last = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    low, high = min(0.0, *values), max(0.0, *values)
    if symmetric:
        scale, zero = max(-low, high) / last, 0
    else:
        scale = (high - low) / (last - first)
        zero = first - round(low / scale)
    return [scale * (q - zero) for q in range(first, last + 1)]


def nearest(w: float, marks: list[float]) -> float:
    """The mark that stands for w."""
    step = marks[1] - marks[0]
    place = round((w - marks[0]) / step)
    return marks[min(max(place, 0), len(marks) - 1)]


def histogram(values: list[float], low: float, high: float) -> list[int]:
    """How many values lie in each bin."""
    counts = [0] * BINS
    for w in values:
        counts[min(BINS - 1, int((w - low) / (high - low) * BINS))] += 1
    return counts


def rms(values: list[float]) -> float:
    """Root of the mean square."""
    return math.sqrt(sum(v * v for v in values) / len(values))


def probit(p: float) -> float:
    """The quantile of the normal distribution, good to three digits (Tukey's lambda would do as well)."""
    return (p**0.135 - (1 - p) ** 0.135) / 0.1975
