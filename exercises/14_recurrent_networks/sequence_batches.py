"""Two ways to cut one long text into batches of short sequences."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tutor.mine import data_iter


def random_batches(
    ids: np.ndarray, batch_size: int, num_steps: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    r"""Yield subsequences of a text in a random order.

    Args:
        ids: int64, (L,).
        batch_size: subsequences in a batch.
        num_steps: tokens in a subsequence.
        rng: draws the offset, 0 … num_steps - 1, and the order.

    Yields:
        X and Y, int64 (batch_size, num_steps): Y[i, t] follows X[i, t] in the text. Each of the
        $\lfloor (L - \text{offset} - 1) / \text{num\_steps} \rfloor$ subsequences comes at most once.
    """
    # TODO: draw the offset; find where the subsequences start.
    # TODO: go through the starts in a random order, batch_size at a time.
    raise NotImplementedError


def sequential_batches(
    ids: np.ndarray, batch_size: int, num_steps: int, offset: int = 0
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    r"""Yield batches in which row i goes on where row i of the batch before ended.

    Args:
        ids: int64, (L,).
        batch_size: the text is cut into so many strips of $\lfloor (L - \text{offset} - 1) / \text{batch\_size} \rfloor$ tokens.
        num_steps: tokens in a row.
        offset: tokens that are skipped.

    Yields:
        X and Y, int64 (batch_size, num_steps): Y[i, t] follows X[i, t] in the text.
    """
    # TODO: the strips, one a row; and the strips one token later.
    # TODO: walk along them in steps of num_steps.
    raise NotImplementedError
