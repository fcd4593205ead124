"""K-fold split: which rows judge, which rows learn, and what happens when sorted rows are not shuffled."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tutor.training import Figure, Note, knob, toggle

TITLE = "K-fold split"
TEACHES = (
    "Every row judges exactly once and learns K - 1 times; sizes differ by one at most. Sort the labels and switch "
    "shuffling off: a fold then asks for classes that its training rows hardly hold."
)

MARKS = "abc"


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    n: int = knob(24, 6, 44, help="rows")
    k: int = knob(5, 2, 8, help="folds")
    shuffle: bool = toggle(True, help="deal the rows at random")
    sorted_labels: bool = toggle(False, help="rows sorted by their class, as files often are")
    seed: int = knob(0, 0, 20, help="which random order")


def draw(knobs: Knobs) -> Figure:
    """A line a fold: validation rows are filled, training rows empty; below, the classes that each fold asks for."""
    k = min(knobs.k, knobs.n)
    labels = classes(knobs)
    folds = deal(knobs, k)
    lines = ["class    " + "".join(MARKS[label] for label in labels)]
    for number, fold in enumerate(folds, 1):
        cells = "".join("█" if row in fold else "·" for row in range(knobs.n))
        counts = "  ".join(f"{MARKS[c]} {sum(labels[row] == c for row in fold):2}" for c in range(3))
        lines.append(f"fold {number:2}  {cells}  {len(fold):2}:  {counts}")
    notes = [Note(line) for line in ("█ validates   · trains   (rows of the table run from left to right)", *lines)]
    return Figure((*notes, Note(words(knobs, k, folds, labels))), f"{knobs.n} rows, {k} folds")


def classes(knobs: Knobs) -> list[int]:
    """Three classes: a half, a third and the rest; in the order of the file."""
    labels = [0] * (knobs.n // 2) + [1] * (knobs.n // 3)
    labels += [2] * (knobs.n - len(labels))
    if not knobs.sorted_labels:
        random.Random(99).shuffle(labels)
    return labels


def deal(knobs: Knobs, k: int) -> list[list[int]]:
    """The validation rows of each fold: the first n % k have one more."""
    order = list(range(knobs.n))
    if knobs.shuffle:
        random.Random(knobs.seed).shuffle(order)
    folds, start = [], 0
    for i in range(k):
        stop = start + knobs.n // k + (i < knobs.n % k)
        folds.append(order[start:stop])
        start = stop
    return folds


def words(knobs: Knobs, k: int, folds: list[list[int]], labels: list[int]) -> str:
    """What to see in this setting."""
    unseen = [
        (number, MARKS[c])
        for number, fold in enumerate(folds, 1)
        for c in range(3)
        if {row for row in range(knobs.n) if labels[row] == c} <= set(fold)
    ]
    if unseen:
        number, mark = unseen[0]
        return f"Fold {number} asks for class {mark}, and not one of its training rows has that class."
    if knobs.sorted_labels and not knobs.shuffle:
        return "Neighbours are alike, so most folds ask for one class only. Shuffle."
    rest = knobs.n % k
    if k == knobs.n:
        return f"Leave one out: {k} models, each validated on a single row."
    if rest:
        return f"{knobs.n} = {k} × {knobs.n // k} + {rest}: the first {rest} folds have one row more."
    return f"{k} models are trained, each on {knobs.n - knobs.n // k} rows. Every row validates once."
