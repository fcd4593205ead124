"""BLEU of one sentence, against one reference or several."""

from __future__ import annotations

import math
from collections import Counter


def _ngrams(tokens: list[str], n: int) -> Counter[tuple[str, ...]]:
    """How often each run of n tokens occurs."""
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def bleu(pred: list[str], label: list[str], k: int = 2) -> float:
    r"""$e^{\min(0, 1 - \text{len(label)} / \text{len(pred)})} \prod_{n=1}^{k} p_n^{1/2^n}$, with clipped counts."""
    if not pred:
        return 0.0
    score = math.exp(min(0.0, 1 - len(label) / len(pred)))  # short predictions pay
    for n in range(1, min(k, len(pred)) + 1):
        matches = (_ngrams(pred, n) & _ngrams(label, n)).total()  # the smaller count of each n-gram
        score *= (matches / (len(pred) - n + 1)) ** (0.5**n)
    return score


def multi_bleu(pred: list[str], labels: list[list[str]], k: int = 2) -> float:
    """The best score over several references."""
    return max(bleu(pred, label, k) for label in labels)
