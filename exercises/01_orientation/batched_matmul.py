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
    # TODO: refuse shapes that do not fit; remember that an axis of length 1 broadcasts silently.
    # TODO: line up X as (b, n, m, 1) and Y as (b, 1, m, k), multiply, and sum over m.
    raise NotImplementedError
