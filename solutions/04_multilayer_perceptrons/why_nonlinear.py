"""A stack of linear layers is one linear layer; two bent ones are XOR."""

from __future__ import annotations

import numpy as np


def collapse_linear(layers: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    r"""$(x W_1 + b_1) W_2 + b_2 = x \, (W_1 W_2) + (b_1 W_2 + b_2)$, over and over."""
    if not layers:
        raise ValueError("there is no layer to collapse")
    W, b = (array.copy() for array in layers[0])  # (d_0, d_1), (d_1,)
    for W_next, b_next in layers[1:]:  # (d_{i-1}, d_i), (d_i,)
        W = W @ W_next  # (d_0, d_i)
        b = b @ W_next + b_next  # (d_i,)
    return W, b


def xor_network() -> dict[str, np.ndarray]:
    r"""With $s = x_1 + x_2$: $\operatorname{relu}(s) - 2 \operatorname{relu}(s - 1)$ is 0, 1, 0 for $s = 0, 1, 2$."""
    return {
        "W1": np.ones((2, 2)),  # both units see the sum
        "b1": np.array([0.0, -1.0]),  # one bends at 0, the other at 1
        "W2": np.array([[1.0], [-2.0]]),  # up with slope 1, then down with slope 1 - 2
        "b2": np.zeros(1),
    }
