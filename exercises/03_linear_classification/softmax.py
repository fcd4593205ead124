from __future__ import annotations

import numpy as np


def logsumexp(z: np.ndarray, axis: int = -1, keepdims: bool = False) -> np.ndarray:
    r"""$\log \sum_j e^{z_j}$ along `axis`, without overflow.

    z: (..., C, ...) logits, may hold -inf; returns z's shape without `axis`, or with size 1 there if `keepdims`.
    """
    # TODO: take the maximum out of the logarithm before you exponentiate.
    raise NotImplementedError


def softmax(z: np.ndarray, axis: int = -1) -> np.ndarray:
    r"""$e^{z_i} / \sum_j e^{z_j}$ along `axis`, without overflow.

    z: (..., C, ...) logits; returns probabilities of the same shape and dtype that sum to 1 along `axis`.
    """
    # TODO: subtract the maximum along `axis`, exponentiate, normalise along `axis`.
    raise NotImplementedError


def log_softmax(z: np.ndarray, axis: int = -1) -> np.ndarray:
    r"""$\log \operatorname{softmax}(z)_i = z_i - \log \sum_j e^{z_j}$ along `axis`.

    z: (..., C, ...) logits; returns log-probabilities of the same shape and dtype, finite wherever z is.
    """
    # TODO: subtract the maximum, then the log-sum-exp of what is left; never take the log of a probability.
    raise NotImplementedError
