from __future__ import annotations


def bleu(pred: list[str], label: list[str], k: int = 2) -> float:
    r"""$e^{\min(0, 1 - \text{len(label)} / \text{len(pred)})} \prod_{n=1}^{k} p_n^{1/2^n}$, between 0 and 1.

    $p_n$: share of the n-grams of `pred` that occur in `label`, where each n-gram of the label is used up once.
    """
    # TODO: the brevity penalty; an empty prediction is 0.
    # TODO: for each n up to k (or the length of pred), matches / n-grams of pred, to the power 1/2^n.
    raise NotImplementedError


def multi_bleu(pred: list[str], labels: list[list[str]], k: int = 2) -> float:
    """The best score that `pred` has against one of the labels."""
    # TODO: one line.
    raise NotImplementedError
