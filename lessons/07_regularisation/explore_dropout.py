"""One layer with dropout: which units fall, and what the next layer receives over a thousand masks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tutor.training import Axis, Bars, Figure, Grid, Note, choice, knob, toggle

TITLE = "Dropout: one mask, a thousand masks"
TEACHES = (
    "The mean over masks is what evaluation gives, for any p: that is why we divide by 1 - p. Its spread grows with "
    "p / (1 - p) and shrinks with the number of units: the noise that regularises."
)

MASKS = 1000
BINS = 9
ROWS = 4


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    p: float = knob(0.5, 0.0, 0.95, step=0.05, help="probability to drop")
    mode: str = choice("train", "train", "eval", help="training draws a mask, evaluation does nothing")
    units: int = knob(32, 4, 128, step=4, help="units in the layer")
    scaled: bool = toggle(True, help="inverted dropout: divide what is kept by 1 - p; off shows what goes wrong")
    mask: int = knob(1, 1, 20, help="another step, another mask")


def draw(knobs: Knobs) -> Figure:
    """The layer's units on the left, what the next unit receives on the right."""
    x = np.abs(np.random.default_rng(2).normal(size=128))[: knobs.units]  # (U,) activations after a ReLU
    training = knobs.mode == "train"
    keep = np.random.default_rng([3, knobs.units]).random((MASKS, knobs.units)) >= (
        knobs.p if training else 0.0
    )  # (M, U)
    scale = 1 / (1 - knobs.p) if training and knobs.scaled else 1.0
    received = (keep * x).mean(1) * scale  # (M,): the next unit weighs all alike
    truth = float(x.mean())
    cells = np.where(keep[knobs.mask], 1, 0).reshape(ROWS, -1)  # (4, U / 4)
    layer = Figure(
        (Grid(cells.tolist(), (0, cells.shape[1]), (0, ROWS), labels=("dropped", "kept")),),
        f"mask {knobs.mask}: {int(keep[knobs.mask].sum())} of {knobs.units} kept",
        Axis(ticks=()),
        Axis(ticks=()),
    )
    lines = tuple(Note(line) for line in words(knobs, received, x, truth))
    return Figure(lines, panels=(layer, Figure((histogram(received, truth),), "")), shares=(0.4, 0.6))


def histogram(received: np.ndarray, truth: float) -> Bars:
    """How often the next unit receives how much; the bar of the evaluation's value is marked."""
    top = max(2 * truth, float(received.max()) * 1.0001)
    edges = np.linspace(0, top, BINS + 1)  # (B + 1,)
    counts = np.histogram(received, edges)[0]  # (B,)
    here = min(BINS - 1, int(truth / top * BINS))
    labels = tuple(f"{edges[i]:.2f}-{edges[i + 1]:.2f}{' ◆' if i == here else '  '}" for i in range(BINS))
    roles = tuple("reference" if i == here else "mine" for i in range(BINS))
    return Bars(
        labels, tuple(map(float, counts)), tuple(map(str, counts)), roles, low=0.0, title="received by the next unit"
    )


def words(knobs: Knobs, received: np.ndarray, x: np.ndarray, truth: float) -> list[str]:
    """Means, and the spread beside its formula."""
    lines = [f"Mean over {MASKS} masks {received.mean():.3f}; evaluation gives {truth:.3f} (◆)."]
    if knobs.mode == "eval":
        return [*lines, "Evaluation: every unit takes part, nothing is scaled, nothing is random."]
    if not knobs.scaled:
        return [
            *lines,
            f"Not scaled, the mean is 1 - p = {1 - knobs.p:.2f} times the evaluation's: the next layer is misled.",
        ]
    theory = np.sqrt(knobs.p / (1 - knobs.p) * (x**2).sum()) / knobs.units
    return [*lines, f"Spread {received.std():.3f}; √(p/(1-p) · Σx²) / units = {theory:.3f}."]
