from __future__ import annotations

from typing import Any

import numpy as np


def confusion_matrix(y_true: np.ndarray, y_pred: np.ndarray, num_classes: int) -> np.ndarray:
    """Entry (t, p) counts the samples of class t that were predicted as p.

    y_true, y_pred: (N,) integers in 0 … C-1 of any integer dtype; returns int64 (C, C), rows = truth.
    """
    # TODO: add 1 at (t, p) for every sample; the same place may come up many times.
    raise NotImplementedError


def precision_recall_f1(
    cm: np.ndarray, average: str | None = "macro", zero_division: float = 0.0
) -> tuple[Any, Any, Any]:
    r"""$P = TP / (TP + FP)$, $R = TP / (TP + FN)$, $F_1 = 2 TP / (2 TP + FP + FN)$; `zero_division` for 0/0.

    cm: (C, C), rows = truth. average: None (three arrays (C,)), "macro", "micro" or "weighted" (three floats).
    """
    # TODO: TP from the diagonal, TP + FP and TP + FN from the column and row sums.
    # TODO: one value a class, or the average asked for; ValueError for an unknown one.
    raise NotImplementedError
