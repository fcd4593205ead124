from __future__ import annotations

from collections.abc import Callable

import numpy as np


def split_indices(
    n: int, ratios: tuple[float, float, float], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Deal the row numbers 0 … n - 1 at random into (train, validation, test), in proportion to the ratios.

    ratios: three numbers >= 0, not all 0, else ValueError. Returns three int64 arrays.
    """
    # TODO: refuse a negative ratio, and ratios that are all 0.
    # TODO: shuffle the row numbers with rng and cut them at the rounded shares.
    raise NotImplementedError


def kfold_indices(n: int, k: int, rng: np.random.Generator | None = None) -> list[tuple[np.ndarray, np.ndarray]]:
    r"""k pairs (train, validation) of int64 row numbers; each row is in exactly one validation fold.

    The first n % k folds have one row more. With rng the rows are shuffled first, without it they stay in order.
    Raises ValueError unless 2 <= k <= n.
    """
    # TODO: refuse a k that cannot be.
    # TODO: put the row numbers in an order, shuffled or not, and cut it into k folds.
    # TODO: pair each fold with all rows that are not in it.
    raise NotImplementedError


def cross_validate(
    fit_score: Callable[[np.ndarray, np.ndarray], tuple[float, float]],
    n: int,
    k: int,
    rng: np.random.Generator | None = None,
) -> tuple[float, float]:
    r"""Mean training and mean validation error over the k folds.

    fit_score: trains a fresh model on the rows of its first argument; returns (training error, validation error),
    the second one on the rows of its second argument.
    """
    # TODO: call fit_score once for each fold, and average both errors.
    raise NotImplementedError
