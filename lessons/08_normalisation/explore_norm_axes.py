"""One batch of feature maps, four normalisers: which numbers share a mean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tutor.training import Bars, Figure, Note, choice, knob

TITLE = "Which axes share a mean?"
TEACHES = (
    "Every normaliser has the same formula; they differ in which numbers form a group. BatchNorm's groups reach across "
    "the batch: with one sample in it, or another neighbour, its result changes. The others do not see the batch."
)

C, S = 4, 3
"""Channels, and positions of one channel (H · W)."""

EPS = 1e-5
MARKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


METHODS = ("batch", "layer", "instance", "2 groups", "1 group", "4 groups")


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    method: str = choice("batch", *METHODS, help="which normaliser; groups are of consecutive channels")
    samples: int = knob(3, 1, 3, help="N: how many samples are in the batch")
    outlier: float = knob(0.0, 0.0, 50.0, step=5.0, help="added to the last sample: who else notices?")
    show: str = choice("groups", "groups", "input", "result", help="letters of the groups, or the numbers")


def draw(knobs: Knobs) -> Figure:
    """The batch as a table, a row a channel; the same letter means: normalised together."""
    x = batch(knobs.samples, knobs.outlier)  # (N, C, S)
    ids = members(knobs.method, knobs.samples)  # (N, C, S)
    y = normalised(x, ids)  # (N, C, S)
    head = "          " + "".join(f"sample {n + 1}".ljust(5 * S + 2) for n in range(knobs.samples))
    rows = [head.rstrip()]
    for c in range(C):
        rows.append(f"channel {c + 1} " + "  ".join(cells(knobs.show, x, y, ids, n, c) for n in range(knobs.samples)))
    count = int(ids.max()) + 1
    each = int((ids == 0).sum())
    words = [f"{name(knobs)}: {count} groups of {each} numbers. {axes(knobs)}", *rows]
    labels = tuple(f"sample {n + 1}" for n in range(knobs.samples))
    means = tuple(round(float(v), 6) + 0.0 for v in y[:, 0].mean(1))
    spreads = tuple(f"mean {m:5.2f}  spread {s:4.2f}" for m, s in zip(means, y[:, 0].std(1), strict=True))
    bars = Bars(labels, means, spreads, low=-2.0, high=2.0, title="channel 1 after the normaliser")
    notes = (Note(word) for word in (*words, *remarks(knobs, y)))
    return Figure((*notes, bars))


def name(knobs: Knobs) -> str:
    """As PyTorch calls it, with the number of groups where there is one."""
    return f"GroupNorm({knobs.method[0]})" if "group" in knobs.method else f"{knobs.method.capitalize()}Norm"


def axes(knobs: Knobs) -> str:
    """Over which axes the mean runs."""
    return {
        "batch": "Mean over N, H, W: one a channel.",
        "layer": "Mean over C, H, W: one a sample.",
        "instance": "Mean over H, W: one a sample and channel.",
    }.get(knobs.method, "Mean over H, W and a share of C.")


@lru_cache(maxsize=32)
def batch(samples: int, outlier: float) -> np.ndarray:
    """(N, C, S) numbers with a mean and a spread of their own in each channel, the same every time."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=(4, C, S)) * np.array([1.0, 2.0, 0.5, 4.0])[:, None] + np.array([0.0, 3.0, -2.0, 8.0])[:, None]
    x = x[:samples].copy()
    x[-1] += outlier
    return x


def members(method: str, samples: int) -> np.ndarray:
    """(N, C, S) number of the group that each entry belongs to."""
    n, c, _ = np.indices((samples, C, S))
    if method == "batch":
        return c
    if method == "layer":
        return n
    if method == "instance":
        return n * C + c
    groups = int(method[0])
    return n * groups + c * groups // C


def normalised(x: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Every group with its own mean and variance."""
    y = np.empty_like(x)
    for group in range(int(ids.max()) + 1):
        mine = ids == group
        y[mine] = (x[mine] - x[mine].mean()) / np.sqrt(x[mine].var() + EPS)
    return y


def cells(show: str, x: np.ndarray, y: np.ndarray, ids: np.ndarray, n: int, c: int) -> str:
    """One channel of one sample, 5 S columns wide."""
    if show == "groups":
        return "".join(f"  {MARKS[i]}  " for i in ids[n, c])
    numbers = (x if show == "input" else y)[n, c]
    return "".join(f"{v:5.1f}" for v in numbers)


def remarks(knobs: Knobs, y: np.ndarray) -> list[str]:
    """What the outlier did to the first sample, and what is special about these groups."""
    said = []
    if knobs.samples > 1:
        calm = batch(knobs.samples, 0.0)
        before = normalised(calm, members(knobs.method, knobs.samples))
        moved = float(np.abs(y[0] - before[0]).max())
        if knobs.outlier:
            tail = "its neighbour changed it" if moved > 1e-12 else "it does not see its neighbours"
            said.append(f"The outlier moved the numbers of sample 1 by up to {moved:.2f}: {tail}.")
    elif knobs.method == "batch":
        said.append("One sample: BatchNorm has become InstanceNorm. Evaluation would use running averages instead.")
    if knobs.method == "1 group":
        said.append("One group is LayerNorm over C, H and W.")
    if knobs.method == "4 groups":
        said.append("As many groups as channels: InstanceNorm.")
    return said
