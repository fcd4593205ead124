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
    aa = (A**2).sum(axis=1)[:, None]  # (N, 1)
    bb = (B**2).sum(axis=1)[None, :]  # (1, M)
    ab = A @ B.T  # (N, M)
    return np.maximum(aa + bb - 2 * ab, 0)  # (N, M); rounding may leave -1e-16 where 0 is meant
