"""Max pooling: the winner of each window, and the way back to it."""

from __future__ import annotations

import numpy as np

from tutor.mine import conv_out


def maxpool2d(x: np.ndarray, k: int, stride: int | None = None, padding: int = 0) -> tuple[np.ndarray, np.ndarray]:
    r"""(y, idx): the maximum of each k × k window, and where in its plane the first one lies, as h·W + w."""
    if padding > k // 2:
        raise ValueError(f"padding {padding} is more than half of the window {k}")
    stride = k if stride is None else stride
    N, C, H, W = x.shape
    H_out, W_out = conv_out(H, k, stride, padding), conv_out(W, k, stride, padding)
    border = (padding, padding)
    padded = np.pad(x, ((0, 0), (0, 0), border, border))  # (N, C, H + 2p, W + 2p); what the border holds is never read
    place = np.pad(np.arange(H * W).reshape(H, W), (border, border), constant_values=-1)  # -1 marks the border
    y = np.full((N, C, H_out, W_out), -np.inf, dtype=x.dtype)
    idx = np.full((N, C, H_out, W_out), -1, dtype=np.int64)  # -1: nothing seen yet
    for i in range(k):  # the taps in row-major order, so that the first of several maxima is met first
        for j in range(k):
            rows, columns = slice(i, i + stride * H_out, stride), slice(j, j + stride * W_out, stride)
            value, at = padded[:, :, rows, columns], place[rows, columns]  # (N, C, H_out, W_out), (H_out, W_out)
            wins = (at >= 0) & ((idx < 0) | (value > y) | np.isnan(value))
            y, idx = np.where(wins, value, y), np.where(wins, at, idx)
    return y, idx


def maxpool2d_backward(dout: np.ndarray, idx: np.ndarray, x_shape: tuple[int, int, int, int]) -> np.ndarray:
    r"""dx: the error of each window goes to its winner; a pixel that won several windows gets the sum."""
    N, C, H, W = x_shape
    dx = np.zeros((N * C, H * W), dtype=dout.dtype)
    plane = np.arange(N * C)[:, None]  # (N·C, 1)
    L = idx.shape[2] * idx.shape[3]
    np.add.at(dx, (plane, idx.reshape(N * C, L)), dout.reshape(N * C, L))  # unlike +=, counts a repeated index twice
    return dx.reshape(x_shape)
