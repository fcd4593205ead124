"""A recurrent layer, backwards through time."""

from __future__ import annotations

import numpy as np


def rnn_backward(
    dhs: np.ndarray, x: np.ndarray, h0: np.ndarray, hs: np.ndarray, Wx: np.ndarray, Wh: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    r"""(dx, dh0, dWx, dWh, db) of `rnn_forward(x, h0, Wx, Wh, b)`, given the gradient `dhs` at every state."""
    dx = np.empty(x.shape, x.dtype)  # (N, T, D)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(Wh[0])  # (D, H), (H, H), (H,)
    dh = np.zeros_like(h0)  # (N, H): what comes back from the next step; there is none after the last
    for t in reversed(range(x.shape[1])):
        dz = (dhs[:, t] + dh) * (1 - hs[:, t] ** 2)  # (N, H)
        before = hs[:, t - 1] if t > 0 else h0  # (N, H)
        dWx += x[:, t].T @ dz  # (D, N) @ (N, H): the weights are shared, so their gradients add up
        dWh += before.T @ dz  # (H, N) @ (N, H)
        db += dz.sum(axis=0)  # (H,)
        dx[:, t] = dz @ Wx.T  # (N, H) @ (H, D)
        dh = dz @ Wh.T  # (N, H) @ (H, H)
    return dx, dh, dWx, dWh, db
