"""Softmax with a temperature, and the filters that language models sample with."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tutor.training import Bars, Figure, Note, knob
from tutor.training.figure import Role

TITLE = "Softmax temperature"
TEACHES = (
    "Only differences of logits count: raise all five by one and nothing moves. T → 0 gives everything to the largest "
    "logit, T → ∞ makes all alike. top-k and top-p cut the tail off; what is kept shares the whole probability."
)

WORDS = ("blue", "clear", "grey", "falling", "purple")


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    blue: float = knob(3.0, -5.0, 5.0, step=0.5, help="logit of “The sky is blue”")
    clear: float = knob(2.0, -5.0, 5.0, step=0.5, help="logit of “The sky is clear”")
    grey: float = knob(1.5, -5.0, 5.0, step=0.5, help="logit of “The sky is grey”")
    falling: float = knob(-0.5, -5.0, 5.0, step=0.5, help="logit of “The sky is falling”")
    purple: float = knob(-1.0, -5.0, 5.0, step=0.5, help="logit of “The sky is purple”")
    temperature: float = knob(1.0, 0.05, 10.0, log=True, help="logits are divided by it before the softmax")
    top_k: int = knob(5, 1, 5, help="only the k likeliest words stay")
    top_p: float = knob(1.0, 0.05, 1.0, step=0.05, help="only the fewest words stay that make up this probability")


def draw(knobs: Knobs) -> Figure:
    """One bar a word: its probability; once a filter cuts words off, a second block with what is drawn from."""
    z = [getattr(knobs, word) for word in WORDS]
    p = softmax([v / knobs.temperature for v in z])
    kept = filtered(p, knobs.top_k, knobs.top_p)
    mass = sum(p[i] for i in kept)
    q = [p[i] / mass if i in kept else 0.0 for i in range(len(p))]
    cut = len(kept) < len(p)
    labels = tuple(f"{word}  z = {v:4.1f}" for word, v in zip(WORDS, z, strict=True))
    roles: tuple[Role, ...] = tuple("mine" if i in kept else "muted" for i in range(len(p)))
    before = Bars(labels, tuple(p), texts(p, kept, knobs.top_p), roles, 0.0, 1.0, "softmax(z / T)" if cut else "")
    notes = [Note(line) for line in words(p, q, len(kept))]
    if not cut:
        return Figure((before, Note(""), *notes), "The sky is …")
    drawn = tuple(f"p {v:.3f}  {'kept' if i in kept else 'never drawn'}".ljust(23) for i, v in enumerate(q))
    after = Bars(labels, tuple(q), drawn, roles, 0.0, 1.0, f"what is drawn from: each kept word divided by {mass:.3f}")
    return Figure((before, after, *notes), "The sky is …")


def texts(p: list[float], kept: set[int], top_p: float) -> tuple[str, ...]:
    """Behind each bar: its probability, and for top-p the sum of it and all that are likelier."""
    order = sorted(range(len(p)), key=lambda i: -p[i])
    sums = {i: sum(p[j] for j in order[: rank + 1]) for rank, i in enumerate(order)}
    tails = (f"  sum {sums[i]:.3f}" if top_p < 1 else "" for i in range(len(p)))
    return tuple(
        f"p {p[i]:.3f}{tail}{'' if i in kept else '  cut'}".ljust(23)
        for i, tail in zip(range(len(p)), tails, strict=True)
    )


def words(p: list[float], q: list[float], kept: int) -> list[str]:
    """Entropy and the likeliest word."""
    before, after = entropy(p), entropy(q)
    first = WORDS[p.index(max(p))]
    lines = [f"Likeliest: {first}. Entropy {before:.3f} nats, as undecided as {math.exp(before):.2f} equal words."]
    if kept < len(p):
        lines.append(f"After the filters {kept} of {len(p)} words are left, entropy {after:.3f} nats.")
    return lines


def softmax(z: list[float]) -> list[float]:
    """With the maximum subtracted, so that a small temperature cannot overflow."""
    top = max(z)
    e = [math.exp(v - top) for v in z]
    return [v / sum(e) for v in e]


def filtered(p: list[float], top_k: int, top_p: float) -> set[int]:
    """The words that stay: the k likeliest, and of these the fewest whose probability reaches top_p."""
    order = sorted(range(len(p)), key=lambda i: -p[i])[:top_k]
    kept, mass = set(), 0.0
    for i in order:
        kept.add(i)
        mass += p[i]
        if mass >= top_p - 1e-12:
            break
    return kept


def entropy(p: list[float]) -> float:
    """In nats; an impossible word adds nothing."""
    return 0.0 - sum(v * math.log(v) for v in p if v > 0)
