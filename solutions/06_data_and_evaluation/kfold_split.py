"""Who learns, who chooses, who judges: splits and K-fold cross-validation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def split_indices(
    n: int, ratios: tuple[float, float, float], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""One random order, cut at the rounded cumulative shares."""
    if min(ratios) < 0 or sum(ratios) == 0:
        raise ValueError(f"ratios must be at least 0 and not all 0, not {ratios}")
    total = np.cumsum(ratios)  # (3,)
    cuts = np.rint(n * total[:2] / total[2]).astype(int)  # (2,)
    train, validation, test = np.split(rng.permutation(n), cuts)
    return train, validation, test


def kfold_indices(n: int, k: int, rng: np.random.Generator | None = None) -> list[tuple[np.ndarray, np.ndarray]]:
    r"""Each of the k folds once for validation, all the others joined for training."""
    if not 2 <= k <= n:
        raise ValueError(f"k must be between 2 and n = {n}, not {k}")
    order = np.arange(n) if rng is None else rng.permutation(n)  # (n,)
    folds = np.array_split(order, k)  # k arrays of n // k or n // k + 1 row numbers
    return [(np.concatenate(folds[:i] + folds[i + 1 :]), fold) for i, fold in enumerate(folds)]


def cross_validate(
    fit_score: Callable[[np.ndarray, np.ndarray], tuple[float, float]],
    n: int,
    k: int,
    rng: np.random.Generator | None = None,
) -> tuple[float, float]:
    r"""A fresh model a fold; the mean of their training errors and of their validation errors."""
    scores = [fit_score(train, validation) for train, validation in kfold_indices(n, k, rng)]
    train_error, validation_error = np.mean(scores, axis=0)  # two numbers
    return float(train_error), float(validation_error)
