"""Mini-batch iterator."""

from collections.abc import Iterator

import numpy as np


def data_iter(
    batch_size: int,
    *arrays: np.ndarray,
    rng: np.random.Generator | None = None,
    shuffle: bool = True,
    drop_last: bool = False,
) -> Iterator[tuple[np.ndarray, ...]]:
    r"""Yield mini-batches: the same rows of every array.

    Args:
        batch_size: rows in a batch, at least 1.
        *arrays: each of shape (n, ...).
        rng: the source of the order, needed when shuffle is true.
        shuffle: a random order, or the order of the arrays.
        drop_last: leave out a last batch that is shorter.

    Yields:
        A tuple with a (batch_size, ...) slice of each array; the last batch has the rows that are left.

    Raises:
        ValueError: batch_size < 1, arrays of different lengths, or no rng to shuffle with.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, not {batch_size}")
    n = len(arrays[0])
    if any(len(array) != n for array in arrays):
        raise ValueError(f"the arrays differ in length: {[len(array) for array in arrays]}")
    if shuffle and rng is None:
        raise ValueError("shuffle needs an rng")

    order = rng.permutation(n) if shuffle else np.arange(n)  # (n,) row numbers
    for start in range(0, n, batch_size):
        rows = order[start : start + batch_size]  # (batch_size,), shorter at the end
        if drop_last and len(rows) < batch_size:
            return
        yield tuple(array[rows] for array in arrays)  # each (batch_size, ...)
