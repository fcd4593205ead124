"""Perplexity: how many equally likely tokens the model hesitates between."""

from __future__ import annotations

import numpy as np

from tutor.mine import cross_entropy


def perplexity(logits: np.ndarray, targets: np.ndarray, ignore_index: int | None = None) -> float:
    r"""Return $\exp\left(-\frac{1}{n} \sum_{\text{kept}} \log p_{\text{target}}\right)$.

    Args:
        logits: float, (N, T, V).
        targets: int64, (N, T).
        ignore_index: tokens with this target do not count; None keeps all.

    Returns:
        A Python float, computed in float64; nan when every token is ignored.
    """
    # TODO: one token a row, in float64.
    # TODO: the mean cross-entropy of the kept tokens, and exp.
    raise NotImplementedError
