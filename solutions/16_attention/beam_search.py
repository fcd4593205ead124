"""Beam search: the best few beginnings at every step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def beam_search(
    step: Callable[[list[tuple[int, ...]]], np.ndarray],
    bos: int,
    eos: int,
    beam: int,
    max_len: int,
    alpha: float = 0.75,
) -> list[tuple[tuple[int, ...], float]]:
    r"""At most `beam` finished hypotheses, best first by $\frac{1}{L^\alpha} \sum_t \log p(y_t \mid y_1, …, y_{t-1})$."""
    hypotheses = [((bos,), 0.0)]  # open ones: prefix and log-probability
    finished: list[tuple[tuple[int, ...], float]] = []
    for length in range(1, max_len + 1):
        logp = step([prefix for prefix, _ in hypotheses])  # (B, V)
        total = logp + np.array([[score] for _, score in hypotheses])  # (B, V), float64
        parents, hypotheses = hypotheses, []
        for place in np.argsort(-total, axis=None, kind="stable")[:beam]:  # over all continuations together
            row, token = divmod(int(place), total.shape[1])
            score = float(total[row, token])
            tokens = (*parents[row][0], token)
            if score == -np.inf:  # impossible, and so is all that follows
                break
            if token == eos or length == max_len:
                finished.append((tokens[1:], score / length**alpha))
            else:
                hypotheses.append((tokens, score))
        if not hypotheses:
            break
    return sorted(finished, key=lambda pair: (-pair[1], pair[0]))[:beam]
