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
    # TODO: refuse what cannot work.
    # TODO: put the row numbers 0 to n - 1 in an order, random or not.
    # TODO: go through them in steps of batch_size and yield these rows of every array.
    raise NotImplementedError
