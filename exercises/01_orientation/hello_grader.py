"""Affine map: scale, then shift."""

import numpy as np


def affine(x: np.ndarray, a: float, b: float) -> np.ndarray:
    r"""Map each entry of x to $y = a\,x + b$.

    Args:
        x: float32 or float64, any shape.
        a: the scale.
        b: the shift.

    Returns:
        A new array with the shape and dtype of x.
    """
    # TODO: return a times x, plus b.
    raise NotImplementedError
