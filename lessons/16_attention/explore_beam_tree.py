"""Beam search on a language model of five words: what is kept, what is pruned, what has finished."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tutor.training import Axis, Figure, Line, Note, knob

TITLE = "Beam-search tree"
TEACHES = (
    "A beam of 1 is greedy search: it takes “froid” and stops at once. From 2 on “il”, the second-best first word, "
    "survives and ends better. alpha decides between the finished sentences: 0 favours short ones, 1 the longest."
)

END = "<eos>"
WORDS = (END, "il", "fait", "très", "froid")
"""A translator of “it is very cold” that has said so much: what it says next, one column a word of WORDS."""
TABLE = {
    (): (0.0, 0.38, 0.12, 0.08, 0.42),
    ("froid",): (0.30, 0.25, 0.20, 0.15, 0.10),
    "il": (0.03, 0.0, 0.90, 0.02, 0.05),
    "fait": (0.03, 0.02, 0.0, 0.40, 0.55),
    "très": (0.03, 0.0, 0.0, 0.05, 0.92),
    "froid": (0.93, 0.02, 0.02, 0.02, 0.01),
}
PRUNED = 2
"""Pruned branches shown at each step, the best of them."""


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    beam: int = knob(2, 1, 4, help="beginnings kept at each step")
    alpha: float = knob(0.75, 0.0, 1.5, step=0.25, help="finished sentences are compared by log p / length^alpha")
    max_len: int = knob(5, 1, 5, help="most words, <eos> included")
    step: int = knob(5, 1, 5, help="how far the search has gone")


@dataclass(frozen=True)
class Branch:
    """One continuation: its words, their log-probability, where it is drawn, and where it grew from."""

    words: tuple[str, ...]
    score: float
    row: int
    kept: bool
    parent: int
    """Row of the branch that it continues."""

    @property
    def finished(self) -> bool:
        return self.words[-1] == END


def draw(knobs: Knobs) -> Figure:
    """One column a step, the kept branches on top, and below the tree the sentences that have finished."""
    steps = search(knobs.beam, knobs.max_len)[: knobs.step]
    lines = [twig(branch, x) for x, branches in enumerate(steps, 1) for branch in branches]
    texts = [Note("<bos>", 0.0, 0.0)]
    texts += [leaf(branch, x, knobs.max_len) for x, branches in enumerate(steps, 1) for branch in branches]
    rows = knobs.beam + PRUNED
    ticks = tuple((float(x), f"step {x}") for x in range(1, knobs.max_len + 1))
    across = Axis("", low=-0.25, high=knobs.max_len + 0.55, ticks=ticks)
    down = Axis("", low=-rows + 0.4, high=0.6, ticks=())
    notes = [Note(line, role=role) for line, role in verdict(steps, knobs)]
    return Figure((*lines, *texts, *notes), "“it is very cold”: log p of each beginning", across, down)


def search(beam: int, max_len: int) -> list[list[Branch]]:
    """The branches of each step that are kept, and the best of those that are not."""
    steps: list[list[Branch]] = []
    alive = [Branch((), 0.0, 0, True, 0)]
    for _ in range(max_len):
        grown = [(b, (*b.words, word), b.score + math.log(p)) for b in alive for word, p in following(b.words) if p]
        grown.sort(key=lambda item: -item[2])
        branches = [
            Branch(words, score, row, row < beam, b.row) for row, (b, words, score) in enumerate(grown[: beam + PRUNED])
        ]
        steps.append(branches)
        alive = [b for b in branches if b.kept and not b.finished]
        if not alive:
            break
    return steps


def following(words: tuple[str, ...]) -> list[tuple[str, float]]:
    """Each word with its probability after these."""
    row = TABLE.get(words) or TABLE[words[-1]]
    return list(zip(WORDS, row, strict=True))


def twig(branch: Branch, x: int) -> Line:
    """From the branch that it continues; dots where it was pruned."""
    ends = (x - 0.62, x - 0.38), (-float(branch.parent), -float(branch.row))
    return Line(*ends, role="mine" if branch.kept else "muted", marker="braille" if branch.kept else "·")


def leaf(branch: Branch, x: int, max_len: int) -> Note:
    """The last word and the log-probability of the whole beginning."""
    over = branch.finished or x == max_len
    mark = "■" if branch.kept and over else "●" if branch.kept else " "
    role = "muted" if not branch.kept else "good" if over else "text"
    return Note(f"{mark}{branch.words[-1]} {branch.score:.2f}", x, -float(branch.row), role)


def verdict(steps: list[list[Branch]], knobs: Knobs) -> list[tuple[str, str]]:
    """The finished sentences by their normalised score, best first, at most as many as the beam is wide."""
    over = [b for x, branches in enumerate(steps, 1) for b in branches if b.kept and (b.finished or x == knobs.max_len)]
    over.sort(key=lambda b: (-b.score / len(b.words) ** knobs.alpha, b.words))
    lines = [("● kept  ■ kept and finished; the others are pruned", "muted")]
    if not over:
        return [*lines, ("Nothing has finished yet.", "text")]
    for place, b in enumerate(over[: knobs.beam], 1):
        value = b.score / len(b.words) ** knobs.alpha
        text = f"{place}. {' '.join(b.words):29} {b.score:6.2f} / {len(b.words)}^{knobs.alpha:.2f} = {value:6.2f}"
        lines.append((text, "good" if place == 1 else "text"))
    return lines
