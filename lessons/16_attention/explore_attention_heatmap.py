"""Attention weights of a few hand-made heads, query by key, under masks and a temperature."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tutor.training import Axis, Figure, Grid, Note, choice, knob

TITLE = "Attention heat map"
TEACHES = (
    "Each row is one query and shares out 1 among the keys. A mask takes keys out before the softmax; the temperature "
    "makes rows sharp or flat; every head looks for something else."
)

ENGLISH = ("the", "black", "cat", "sees", "the", "small", "mouse", ".")
FRENCH = ("le", "chat", "noir", "voit", "la", "petite", "souris", ".")
KINDS = (0, 1, 2, 3, 0, 1, 2, 4)
"""Article, adjective, noun, verb, full stop: which word of ENGLISH is of which kind."""

PHRASE = (2, 2, 3, 2, 6, 6, 3, 3)
"""For each word the one it belongs to: an article to its noun, a noun to the verb, the verb to its subject."""

ALIGNED = (0, 2, 1, 3, 4, 5, 6, 7)
"""For each French word its English one: the adjective follows the noun in “chat noir”."""

N = len(ENGLISH)
Rows = list[list[float]]


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    head: str = choice(
        "same kind",
        "same kind",
        "word before",
        "belongs to",
        "untrained",
        "translation",
        help="what this head looks for; translation: French queries, English keys",
    )
    mask: str = choice("none", "none", "padding", "causal", "both", help="which keys a query may look at")
    length: int = knob(N, 0, N, help="valid length: the keys behind it are padding")
    temperature: float = knob(1.0, 0.05, 10.0, log=True, help="scores are divided by it; √d belongs in here, too")
    query: int = knob(3, 1, N, help="whose row is told below")


def draw(knobs: Knobs) -> Figure:
    """One row a query, one column a key; a number in each cell, and one row in words."""
    crossed = knobs.head == "translation"
    keys = [word if j < knobs.length else "<pad>" for j, word in enumerate(ENGLISH)]
    queries = list(FRENCH) if crossed else keys
    raw = scores(knobs.head, knobs.length)
    allowed = [[may(knobs, i, j, crossed=crossed) for j in range(N)] for i in range(N)]
    weights = [softmax(row, ok, knobs.temperature) for row, ok in zip(raw, allowed, strict=True)]
    grid = Grid(weights[::-1], (0, N), (0, N), kind="heat")
    numbers = [
        Note(shown(weights[i][j], allowed[i][j]), j + 0.5, N - i - 0.5, role="text") for i in range(N) for j in range(N)
    ]
    x = Axis("key", ticks=tuple((j + 0.5, word) for j, word in enumerate(keys)), low=0, high=N)
    y = Axis("query", ticks=tuple((N - i - 0.5, word) for i, word in enumerate(queries)), low=0, high=N)
    told = [Note(line) for line in words(knobs, queries, keys, raw, weights, allowed, crossed=crossed)]
    return Figure((grid, *numbers, *told), x=x, y=y)


def scores(head: str, length: int) -> Rows:
    """The scores q·k/√d that such a head could give. Padding is a token like others, with scores of its own."""
    rows = [[score(head, i, j) for j in range(N)] for i in range(N)]
    return [[value if j < length else 1.0 for j, value in enumerate(row)] for row in rows]


def score(head: str, i: int, j: int) -> float:
    """How well key j fits query i."""
    if head == "same kind":
        return 3.0 * (KINDS[i] == KINDS[j]) - 0.1 * abs(i - j)
    if head == "word before":
        return 3.0 * (j == i - 1) + 1.0 * (j == i) - 0.2 * abs(i - j)
    if head == "belongs to":
        return 3.0 * (j == PHRASE[i]) - 0.2 * abs(i - j)
    if head == "translation":
        return 3.5 * (j == ALIGNED[i]) - 0.3 * abs(i - j)
    return 0.0


def may(knobs: Knobs, i: int, j: int, *, crossed: bool) -> bool:
    """Whether query i may look at key j. Between two sentences there is no future to hide."""
    real = j < knobs.length or knobs.mask in ("none", "causal")
    past = j <= i or crossed or knobs.mask in ("none", "padding")
    return real and past


def softmax(row: list[float], allowed: list[bool], temperature: float) -> list[float]:
    """Over the allowed keys; zeros where none is."""
    z = [value / temperature for value, ok in zip(row, allowed, strict=True) if ok]
    if not z:
        return [0.0] * len(row)
    top = max(z)
    e = [math.exp(v / temperature - top) if ok else 0.0 for v, ok in zip(row, allowed, strict=True)]
    return [v / sum(e) for v in e]


def shown(weight: float, allowed: bool) -> str:
    """Two digits; a cross where the mask forbids the key."""
    if not allowed:
        return "×"
    return "1.0" if weight > 0.995 else f"{weight:.2f}"[1:]


def words(
    knobs: Knobs,
    queries: list[str],
    keys: list[str],
    raw: Rows,
    weights: Rows,
    allowed: list[list[bool]],
    *,
    crossed: bool,
) -> list[str]:
    """The row of one query, and what there is to see."""
    i = knobs.query - 1
    row, ok = weights[i], allowed[i]
    if not any(ok):
        return [f"Query {knobs.query}, “{queries[i]}”, has nothing to attend to: its row is zeros, not NaN."]
    best = sorted((j for j in range(N) if row[j] > 0.005), key=lambda j: -row[j])[:2]
    parts = [f"{row[j]:.2f} to “{keys[j]}” (score {raw[i][j]:.1f})" for j in best]
    first = f"Query {knobs.query}, “{queries[i]}”: {', '.join(parts)}."
    wasted = sum(row[knobs.length :])
    if wasted > 0.005:
        return [first, f"{wasted:.0%} of its attention goes to padding: mask it."]
    if crossed and knobs.mask in ("causal", "both"):
        return [first, "A causal mask does nothing here: no English word is a French one's future."]
    entropy = -sum(w * math.log(w) for w in row if w > 0)
    return [first, f"Its row is as spread as one of {math.exp(entropy):.1f} equal weights."]
