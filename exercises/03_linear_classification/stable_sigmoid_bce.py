from __future__ import annotations

import numpy as np


def sigmoid(z: np.ndarray) -> np.ndarray:
    r"""$\sigma(z) = 1 / (1 + e^{-z})$, without overflow and without losing the small tail.

    z: any shape, float32 or float64; returns the same shape and dtype.
    """
    # TODO: use exp(-|z|), which never exceeds 1, and treat the two signs of z apart.
    raise NotImplementedError


def bce_with_logits(z: np.ndarray, y: np.ndarray) -> float:
    r"""Mean of $-(y \log \sigma(z) + (1 - y) \log(1 - \sigma(z)))$ over all elements.

    z: logits of any shape; y: targets in [0, 1] of the same shape, else ValueError. Returns a Python float.
    """
    # TODO: refuse shapes that differ, before broadcasting can hide it.
    # TODO: simplify the formula on paper until no sigmoid is left in it; mind log(1 + tiny).
    raise NotImplementedError
