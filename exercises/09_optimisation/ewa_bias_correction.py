"""Exponentially weighted average with bias correction."""

import numpy as np


def ewa(x: np.ndarray, beta: float, bias_correction: bool = True) -> np.ndarray:
    r"""Average the past with weights that fade: $v_t = \beta v_{t-1} + (1 - \beta) x_t$ from $v_0 = 0$.

    Args:
        x: float32 or float64, (T,) or (T, D); time is axis 0.
        beta: 0 <= beta < 1; anything else raises ValueError.
        bias_correction: whether to return $v_t / (1 - \beta^t)$ instead of $v_t$.

    Returns:
        The averages after each value: a new array with the shape and dtype of x.
    """
    # TODO: refuse a beta outside [0, 1).
    # TODO: go through time once, with the raw average as state.
    # TODO: return the corrected values without feeding them back.
    raise NotImplementedError
