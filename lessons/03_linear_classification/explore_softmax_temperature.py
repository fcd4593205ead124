"""Softmax with a temperature, and the filters that language models sample with."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tutor.training import Bars, Figure, Note, knob

TITLE = "Softmax temperature"
TEACHES = (
    "Only differences of logits count: raise all five by one and nothing moves. T → 0 gives everything to the largest "
    "logit, T → ∞ makes all alike. top-k and top-p cut the tail off before one word is drawn."
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
    """One bar a word: its probability, and what is left of it after the filters."""
    z = [getattr(knobs, word) for word in WORDS]
    p = softmax([v / knobs.temperature for v in z])
    kept = filtered(p, knobs.top_k, knobs.top_p)
    mass = sum(p[i] for i in kept)
    q = [p[i] / mass if i in kept else 0.0 for i in range(len(p))]
    texts = tuple(f"p {p[i]:.3f}  {f'drawn {q[i]:.3f}' if i in kept else 'cut off    '}" for i in range(len(p)))
    labels = tuple(f"{word}  z = {v:4.1f}" for word, v in zip(WORDS, z, strict=True))
    roles = tuple("mine" if i in kept else "muted" for i in range(len(p)))
    bars = Bars(labels, tuple(p), texts, roles, low=0.0, high=1.0)
    return Figure((bars, Note(""), *(Note(line) for line in words(p, q, len(kept)))), "The sky is …")


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
    return -sum(v * math.log(v) for v in p if v > 0)
