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
    if not 0 <= beta < 1:
        raise ValueError(f"beta must lie in [0, 1), got {beta}")
    out = np.empty_like(x)  # (T,) or (T, D)
    v = np.zeros(x.shape[1:], dtype=x.dtype)  # () or (D,): the raw average, the only state
    for t, now in enumerate(x, start=1):  # now: () or (D,)
        v = beta * v + (1 - beta) * now  # () or (D,)
        out[t - 1] = v / (1 - beta**t) if bias_correction else v  # corrected for reading, never fed back
    return out
