"""All pairwise squared distances without a loop."""

import numpy as np


def pairwise_sq_dist(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    r"""Squared Euclidean distance of every row of A to every row of B.

    $$ \mathrm{out}_{i,j} = \|A_i\|^2 + \|B_j\|^2 - 2\,A_i^\top B_j $$

    Args:
        A: (N, D).
        B: (M, D), with the dtype of A.

    Returns:
        (N, M), with the dtype of A, never negative.
    """
    # TODO: the squared length of each row of A as a column, and that of each row of B as a row.
    # TODO: all inner products by one matrix product; combine the three terms.
    # TODO: clip at 0 what rounding left below it.
    raise NotImplementedError
