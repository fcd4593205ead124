"""A recurrent network unrolled over time: which states know what, and how far a gradient comes back."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.training import Figure, Note, knob, toggle

TITLE = "A recurrent network, unrolled"
TEACHES = (
    "Values go on over all borders; the gradient fades with every step, and stops where the history was cut. A second "
    "layer reads the states of the first; a backward direction reads from the end."
)

BLANK = "\N{NO-BREAK SPACE}"
"""Keeps columns: ordinary blanks at the start of a line are dropped where lines are wrapped."""
SHADES = "█▓▒░·"
LEVELS = (0.5, 0.1, 0.01, 0.001)
"""The least share of the gradient for each shade but the last."""
CELL = 5


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    steps: int = knob(10, 2, 12, help="T: time steps that are drawn")
    truncate: int = knob(0, 0, 12, help="steps from one cut of the history to the next; 0 never cuts")
    factor: float = knob(
        0.7, 0.1, 1.6, step=0.1, help="what one step back does to the gradient: slope of tanh times Wh"
    )
    layers: int = knob(1, 1, 3, help="recurrent layers on top of each other")
    backward: bool = toggle(False, help="a second network that reads from the end")
    error: int = knob(12, 1, 12, help="the step whose output has the error; at most T")


def draw(knobs: Knobs) -> Figure:
    """The unrolled graph as rows of text; every state is shaded by the gradient that reaches it."""
    T = knobs.steps
    source = min(knobs.error, T) - 1
    shares = reach(knobs, source)
    rows = [row("t", [str(t + 1) for t in range(T)])]
    rows += [row("error", ["▼" if t == source else "" for t in range(T)])]
    for layer in reversed(range(knobs.layers)):
        if knobs.backward:
            rows += [row(f"h{layer + 1} ←", chain(knobs, shares["back"][layer], forwards=False))]
        rows += [row(f"h{layer + 1} →" if knobs.backward else f"h{layer + 1}", chain(knobs, shares["on"][layer]))]
        rows += [row("", ["▲"] * T)]
    rows += [row("x", [f"x{t + 1}" for t in range(T)])]
    notes = [Note(line) for line in rows]
    return Figure((*notes, Note(""), *(Note(line) for line in words(knobs, source, shares))), TITLE)


def reach(knobs: Knobs, source: int) -> dict[str, list[list[float]]]:
    """Share of the error at `source` that comes back to each state, for each direction and layer (0 is the lowest)."""
    T, L = knobs.steps, knobs.layers
    on = [[0.0] * T for _ in range(L)]
    back = [[0.0] * T for _ in range(L)]
    start = [1.0 if t == source else 0.0 for t in range(T)]
    for layer in reversed(range(L)):
        on[layer] = swept(start, knobs, forwards=True)
        back[layer] = swept(start, knobs, forwards=False) if knobs.backward else [0.0] * T
        start = [a + b for a, b in zip(on[layer], back[layer], strict=True)]  # both directions read the states below
    return {"on": on, "back": back}


def swept(start: list[float], knobs: Knobs, *, forwards: bool) -> list[float]:
    """What each state gets: its own share, and the neighbour's that was computed from it, unless a cut lies between."""
    T, found = knobs.steps, list(start)
    order = range(T - 2, -1, -1) if forwards else range(1, T)
    for t in order:
        later = t + 1 if forwards else t - 1
        if not cut(knobs, min(t, later)):
            found[t] += knobs.factor * found[later]
    return found


def cut(knobs: Knobs, t: int) -> bool:
    """Whether the history is cut between step t and t + 1, both counted from 0."""
    return knobs.truncate > 0 and (t + 1) % knobs.truncate == 0


def chain(knobs: Knobs, shares: list[float], *, forwards: bool = True) -> list[str]:
    """The states of one layer with the arrows between them; a cut is drawn in the arrow."""
    cells = []
    for t, share in enumerate(shares):
        arrow = "" if t + 1 == len(shares) else ("╫" if cut(knobs, t) else "─") + ("▶" if forwards else "─")
        if not forwards and arrow:
            arrow = "◀" + ("╫" if cut(knobs, t) else "─")
        cells.append(shade(share) * 2 + arrow)
    return cells


def shade(share: float) -> str:
    """One sign for how much of the gradient arrives."""
    if share <= 0:
        return "○"
    return next((sign for sign, level in zip(SHADES, LEVELS, strict=False) if share >= level), SHADES[-1])


def row(name: str, cells: list[str]) -> str:
    """A line of the drawing: a name, and cells of equal width."""
    return (name.ljust(7) + "".join(cell.ljust(CELL) for cell in cells)).rstrip().replace(" ", BLANK)


def words(knobs: Knobs, source: int, shares: dict[str, list[list[float]]]) -> list[str]:
    """The legend, and what to see."""
    low = shares["on"][0]
    reached = [t for t, share in enumerate(low) if share > 0]
    least = min(low[t] for t in reached)
    legend = "gradient: █ half of it or more  ▓ a tenth  ▒ 1 %  ░ 0.1 %  · less  ○ none"
    text = f"The error at step {source + 1} reaches h1 of step {reached[0] + 1}"
    text += (
        f" with {100 * least:.2g} % of its size."
        if knobs.factor < 1
        else f", where it is {low[reached[0]]:.3g} times as large."
    )
    lines = [legend, text]
    if knobs.truncate:
        lines.append(f"╫ cuts the history every {knobs.truncate} steps: values pass on, gradients do not.")
    if knobs.backward:
        lines.append(
            "The network that reads from the end knows the future: fine for labels, no use for guessing what comes."
        )
    return lines
