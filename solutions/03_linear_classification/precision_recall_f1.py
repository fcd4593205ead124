"""Which class was taken for which, and the three scores that are read off the table."""

from __future__ import annotations

from typing import Any

import numpy as np


def confusion_matrix(y_true: np.ndarray, y_pred: np.ndarray, num_classes: int) -> np.ndarray:
    """Entry (t, p) counts the samples of class t that were predicted as p."""
    cm = np.zeros((num_classes, num_classes), dtype=np.int64)  # (C, C)
    np.add.at(cm, (y_true, y_pred), 1)  # unlike cm[…] += 1, counts a place again each time it comes up
    return cm


def precision_recall_f1(
    cm: np.ndarray, average: str | None = "macro", zero_division: float = 0.0
) -> tuple[Any, Any, Any]:
    r"""$P = TP / (TP + FP)$, $R = TP / (TP + FN)$, $F_1 = 2 TP / (2 TP + FP + FN)$; `zero_division` for 0/0."""
    if average not in (None, "macro", "micro", "weighted"):
        raise ValueError(f"average must be None, 'macro', 'micro' or 'weighted', not {average!r}")
    tp, called, actual = np.diag(cm), cm.sum(axis=0), cm.sum(axis=1)  # (C,) each: TP, TP + FP, TP + FN
    if average == "micro":
        tp, called, actual = (count.sum(keepdims=True) for count in (tp, called, actual))  # (1,) each
    scores = []
    for above, below in ((tp, called), (tp, actual), (2 * tp, called + actual)):
        score = np.full(len(tp), float(zero_division))  # (C,), or (1,) for micro
        np.divide(above, below, out=score, where=below > 0)
        scores.append(score)
    if average is None:
        return tuple(scores)
    if not actual.any():  # no samples, so nothing to weigh by
        return (float(zero_division),) * 3
    weights = actual if average == "weighted" else None  # None weighs all alike
    return tuple(float(np.average(score, weights=weights)) for score in scores)
