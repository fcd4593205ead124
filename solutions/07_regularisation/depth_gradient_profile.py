"""How long the gradient of each weight matrix is, in a stack of layers without biases."""

from __future__ import annotations

import numpy as np

from tutor.mine import act_backward, act_forward


def gradient_profile(weights: list[np.ndarray], x: np.ndarray, activation: str) -> np.ndarray:
    r"""$\lVert h_{l-1}^\top \delta_l \rVert_F$ with $\delta_l = (\delta_{l+1} W_{l+1}^\top) \odot g'(z_l)$, $\delta_L = g'(z_L)$."""
    kept, h = [], x  # (N, d_0)
    for W in weights:
        z = h @ W  # (N, d_l)
        out = act_forward(z, activation)  # (N, d_l)
        kept.append((W, h, z, out))
        h = out

    norms, dh = [], np.ones_like(h)  # (N, d_L): the gradient of a sum
    for W, before, z, out in reversed(kept):
        delta = act_backward(dh, z, out, activation)  # (N, d_l)
        norms.append(np.linalg.norm(before.T @ delta))  # () of (d_{l-1}, d_l)
        dh = delta @ W.T  # (N, d_{l-1})
    return np.array(norms[::-1])  # (L,)
