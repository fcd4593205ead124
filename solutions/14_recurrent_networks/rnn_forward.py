"""A recurrent layer, forwards through time."""

from __future__ import annotations

import numpy as np


def rnn_forward(x: np.ndarray, h0: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray) -> np.ndarray:
    r"""All states of a recurrent layer: $h_t = \tanh(x_t W_x + h_{t-1} W_h + b)$."""
    N, T, _ = x.shape
    hs = np.empty((N, T, len(b)), dtype=x.dtype)  # (N, T, H)
    h = h0  # (N, H)
    for t in range(T):
        h = np.tanh(x[:, t] @ Wx + h @ Wh + b)  # (N, D) @ (D, H) + (N, H) @ (H, H) + (H,)
        hs[:, t] = h
    return hs
