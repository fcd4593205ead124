"""Two ways to cut one long text into batches of short sequences."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tutor.mine import data_iter


def random_batches(
    ids: np.ndarray, batch_size: int, num_steps: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Subsequences in a random order, from a random offset on; neighbours in a batch have nothing to do with each other."""
    offset = rng.integers(num_steps)  # 0 … num_steps - 1
    starts = np.arange(offset, len(ids) - num_steps, num_steps)  # each has num_steps tokens and one more behind it
    for (first,) in data_iter(batch_size, starts, rng=rng, drop_last=True):
        at = first[:, None] + np.arange(num_steps)  # (batch_size, num_steps) positions
        yield ids[at], ids[at + 1]


def sequential_batches(
    ids: np.ndarray, batch_size: int, num_steps: int, offset: int = 0
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Row i reads strip i of the text: each batch goes on where the one before ended."""
    length = max(0, len(ids) - offset - 1) // batch_size  # tokens in a strip
    end = offset + batch_size * length
    X = ids[offset:end].reshape(batch_size, length)
    Y = ids[offset + 1 : end + 1].reshape(batch_size, length)
    for t in range(0, length - num_steps + 1, num_steps):
        yield X[:, t : t + num_steps].copy(), Y[:, t : t + num_steps].copy()  # (batch_size, num_steps) each
