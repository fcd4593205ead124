"""Batched matrix product by broadcasting."""

import numpy as np


def bmm(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    r"""Multiply matrix i of X with matrix i of Y.

    $$ \mathrm{out}_{i,r,c} = \sum_{p=1}^{m} X_{i,r,p}\,Y_{i,p,c} $$

    Args:
        X: (b, n, m).
        Y: (b, m, k), with the dtype of X.

    Returns:
        (b, n, k), with the dtype of X.

    Raises:
        ValueError: the batch sizes or the inner sizes differ.
    """
    if X.shape[0] != Y.shape[0] or X.shape[2] != Y.shape[1]:
        raise ValueError(f"cannot multiply {X.shape} with {Y.shape}: want (b, n, m) and (b, m, k)")
    products = X[:, :, :, None] * Y[:, None, :, :]  # (b, n, m, 1) * (b, 1, m, k) -> (b, n, m, k)
    return products.sum(axis=2)  # (b, n, k)
