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
    r"""The best finished hypotheses, by $\frac{1}{L^\alpha} \sum_t \log p(y_t \mid y_1, …, y_{t-1})$.

    step: takes B prefixes that begin with bos, returns log-probabilities (B, V) of the next token.
    Returns at most `beam` pairs (tokens after bos, score), best first.
    """
    # TODO: begin with one open hypothesis: bos alone, score 0.
    # TODO: at most max_len times: score all continuations of all open hypotheses with one call of step.
    # TODO: keep the best `beam` of them together; those that end are finished, the others are open.
    # TODO: sort what has finished by its normalised score.
    raise NotImplementedError
