"""Perplexity: how many equally likely tokens the model hesitates between."""

from __future__ import annotations

import numpy as np

from tutor.mine import cross_entropy


def perplexity(logits: np.ndarray, targets: np.ndarray, ignore_index: int | None = None) -> float:
    r"""exp of the mean cross-entropy over all tokens that are not ignored."""
    z = logits.reshape(-1, logits.shape[-1]).astype(np.float64)  # (N·T, V): one token a row
    y = targets.reshape(-1)  # (N·T,)
    kept = slice(None) if ignore_index is None else y != ignore_index
    loss, _ = cross_entropy(z[kept], y[kept])
    with np.errstate(over="ignore"):  # a loss above 709 has perplexity inf; math.exp would raise instead
        return float(np.exp(loss))
