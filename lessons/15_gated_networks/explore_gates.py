"""The gates of one GRU or LSTM unit, set by hand: what it remembers of a short sequence, and what comes back."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tutor.training import Figure, Note, choice, knob

TITLE = "Gates, one unit"
TEACHES = (
    "A gate is a share. An open forget (or update) gate carries a value over many steps, and the gradient back on the "
    "same way; a shut one makes room. What is written and what is shown are decisions of their own."
)

BLANK = "\N{NO-BREAK SPACE}"
"""Keeps columns: ordinary blanks at the start of a line are dropped where lines are wrapped."""
WIDTH = 8
SEQUENCES = {
    "pulse": (2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    "pulse, then noise": (2.0, 0.3, -0.4, 0.2, 0.5, -0.3, -0.2, 0.4),
    "up and down": (1.0, 1.0, -1.0, -1.0, 1.0, 1.0, -1.0, -1.0),
    "ones": (1.0,) * 8,
}


@dataclass(frozen=True)
class Knobs:
    """What can be turned: for each gate what goes into its sigmoid, the same at every step."""

    cell: str = choice("lstm", "lstm", "gru", help="which cell")
    sequence: str = choice("pulse", *SEQUENCES, help="what it reads")
    keep: float = knob(
        4.0, -6.0, 6.0, step=0.5, help="into the forget gate f of an LSTM, or the update gate z of a GRU"
    )
    write: float = knob(0.0, -6.0, 6.0, step=0.5, help="into the input gate i (LSTM)")
    show: float = knob(2.0, -6.0, 6.0, step=0.5, help="into the output gate o (LSTM)")
    reset: float = knob(2.0, -6.0, 6.0, step=0.5, help="into the reset gate r (GRU)")
    first: int = knob(1, 1, 8, help="from this step on the gates stand as set; before it they are half open")


def draw(knobs: Knobs) -> Figure:
    """Bars for the gates, the states of each step, and the gradient that goes back."""
    xs = SEQUENCES[knobs.sequence]
    names, rows, kept, text = lstm(knobs, xs) if knobs.cell == "lstm" else gru(knobs, xs)
    lines = [
        f"{name:<18}{'█' * round(20 * share)}{'·' * (20 - round(20 * share))} {share:.3f}" for name, share in names
    ]
    lines += ["", table("step", [str(t + 1) for t in range(len(xs))])]
    lines += [table("input x", [f"{x:.1f}" for x in xs])]
    lines += [table(name, [f"{value:.2f}" for value in values]) for name, values in rows]
    back = [1.0]
    for share in reversed(kept[1:]):
        back.insert(0, back[0] * share)
    lines += [table("gradient", [short(value) for value in back]), ""]
    notes = [Note(line.replace(" ", BLANK)) for line in lines]
    return Figure((*notes, Note(text), Note(memory(back[0], len(xs)))), f"{knobs.cell.upper()}, one unit")


def lstm(
    knobs: Knobs, xs: tuple[float, ...]
) -> tuple[list[tuple[str, float]], list[tuple[str, list[float]]], list[float], str]:
    """Gates, rows of the table, the factor of the old cell in each step, and the formula."""
    f, i, o = sigmoid(knobs.keep), sigmoid(knobs.write), sigmoid(knobs.show)
    c, cells, shown, kept = 0.0, [], [], []
    for t, x in enumerate(xs):
        ft, it, ot = (f, i, o) if t + 1 >= knobs.first else (0.5, 0.5, 0.5)
        c = ft * c + it * math.tanh(x)
        cells.append(c)
        shown.append(ot * math.tanh(c))
        kept.append(ft)
    gates = [("forget gate f", f), ("input gate i", i), ("output gate o", o)]
    text = f"c' = {f:.2f} · c + {i:.2f} · tanh(x)     h' = {o:.2f} · tanh(c')"
    return gates, [("cell c", cells), ("shown h", shown)], kept, text


def gru(
    knobs: Knobs, xs: tuple[float, ...]
) -> tuple[list[tuple[str, float]], list[tuple[str, list[float]]], list[float], str]:
    """The same for a GRU: candidate tanh(x + r · h), weights of 1."""
    z, r = sigmoid(knobs.keep), sigmoid(knobs.reset)
    h, states, candidates, kept = 0.0, [], [], []
    for t, x in enumerate(xs):
        zt, rt = (z, r) if t + 1 >= knobs.first else (0.5, 0.5)
        n = math.tanh(x + rt * h)
        kept.append(zt + (1 - zt) * (1 - n * n) * rt)
        h = (1 - zt) * n + zt * h
        candidates.append(n)
        states.append(h)
    text = f"n = tanh(x + {r:.2f} · h)     h' = {1 - z:.2f} · n + {z:.2f} · h"
    return [("update gate z", z), ("reset gate r", r)], [("candidate n", candidates), ("state h", states)], kept, text


def memory(share: float, steps: int) -> str:
    """What the last row of the table says."""
    return f"Of a gradient at step {steps}, {short(share)} arrives at step 1: the product of what was kept in between."


def table(name: str, cells: list[str]) -> str:
    """One row of the table."""
    return name.ljust(12) + "".join(cell.rjust(WIDTH) for cell in cells)


def short(value: float) -> str:
    """A share in at most seven characters."""
    return f"{value:.3f}" if value >= 0.001 else f"{value:.0e}"


def sigmoid(a: float) -> float:
    """1 / (1 + exp(-a))."""
    return 1 / (1 + math.exp(-a))
