from __future__ import annotations

import numpy as np


def unbroadcast(grad: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    r"""Sum `grad` over the axes along which an array of `shape` was stretched.

    grad: any shape that `shape` broadcasts to; returns an array of exactly `shape`, with grad's dtype.
    """
    # TODO: sum over the axes that `shape` does not have (at the front), and over those where it has size 1.
    raise NotImplementedError
