from __future__ import annotations

import numpy as np


def collapse_linear(layers: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    r"""One layer that does what the whole stack does: $x W + b$ for every $x$.

    layers: [(W_1, b_1), (W_2, b_2), …] with W_i: (d_{i-1}, d_i) and b_i: (d_i,), applied one after the other as x @ W_i + b_i.
    Returns (W, b): (d_0, d_L) and (d_L,), in new memory. Raises ValueError when there is no layer.
    """
    # TODO: write two layers as one on paper; then go through the list.
    raise NotImplementedError


def xor_network() -> dict[str, np.ndarray]:
    r"""Weights with which $\max(x W_1 + b_1, 0) W_2 + b_2$ is exactly XOR on the four corners.

    Returns {"W1": (2, H), "b1": (H,), "W2": (H, 1), "b2": (1,)} with H = 1 or 2 hidden units.
    """
    # TODO: let both units see x1 + x2, and bend at different places.
    raise NotImplementedError
