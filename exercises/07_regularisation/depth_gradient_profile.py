"""Gradient norm at every depth."""

from __future__ import annotations

import numpy as np

from tutor.mine import act_backward, act_forward


def gradient_profile(weights: list[np.ndarray], x: np.ndarray, activation: str) -> np.ndarray:
    r"""$\lVert \partial\,\mathrm{Loss} / \partial W_l \rVert_F$ of each layer, with the sum of the outputs as Loss.

    Args:
        weights: L matrices (d_{l-1}, d_l), the first layer first; each is followed by the activation.
        x: (N, d_0).
        activation: "identity", "sigmoid", "tanh" or "relu".

    Returns:
        (L,), with the dtype of x; entry 0 belongs to the first layer.
    """
    # TODO: go forward, keeping every layer's input, z and output.
    # TODO: go back from a gradient of ones: through the activation, note the norm, through the matrix.
    raise NotImplementedError
