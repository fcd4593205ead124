"""Cross-entropy from logits, with its gradient, as PyTorch defines it."""

from __future__ import annotations

import numpy as np

from tutor.mine import log_softmax


def cross_entropy(
    logits: np.ndarray, targets: np.ndarray, *, ignore_index: int = -100, label_smoothing: float = 0.0
) -> tuple[float, np.ndarray]:
    r"""$J = -\frac{1}{n} \sum_{i \, \text{kept}} \sum_c q_{ic} \log p_{ic}$ and $\partial J / \partial z = (p - q) / n$."""
    rows = np.flatnonzero(targets != ignore_index)  # (n,)
    labels = targets[rows]  # (n,)
    C = logits.shape[1]
    if np.any((labels < 0) | (labels >= C)):  # NumPy would take -1 for the last class
        raise ValueError(f"targets must lie in 0 … {C - 1} or be {ignore_index}")
    dlogits = np.zeros_like(logits)  # (N, C)
    n = len(rows)
    if n == 0:
        return float("nan"), dlogits
    logp = log_softmax(logits[rows])  # (n, C), along the classes
    pick = (np.arange(n), labels)  # one entry a row
    loss = -(1 - label_smoothing) * logp[pick].sum() / n
    if label_smoothing:  # without it, a class ruled out (-inf) must not turn 0 * -inf into NaN
        loss -= label_smoothing * logp.sum() / (C * n)
    grad = np.exp(logp) - label_smoothing / C  # (n, C)
    grad[pick] -= 1 - label_smoothing
    dlogits[rows] = grad / n
    return float(loss), dlogits
