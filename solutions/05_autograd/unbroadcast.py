"""The way back from a stretched array to the array itself."""

import numpy as np


def unbroadcast(grad: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Sum `grad` over the axes along which an array of `shape` was stretched.

    Args:
        grad: any shape that `shape` broadcasts to.
        shape: the shape before the stretching.

    Returns:
        An array of exactly `shape`: whatever was used several times gets the sum of its gradients.
    """
    new = grad.ndim - len(shape)  # axes that broadcasting has put in front
    axes = (i for i in range(grad.ndim) if i < new or shape[i - new] == 1)
    return grad.sum(axis=tuple(axes)).reshape(shape)
