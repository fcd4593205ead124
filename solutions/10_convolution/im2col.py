"""Windows to columns, and columns back to where they came from."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tutor.mine import conv_out


def im2col(x: np.ndarray, kh: int, kw: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> np.ndarray:
    r"""Every window of `x` as one column: (N, C, H, W) to (N, C·kh·kw, L)."""
    N, C, H, W = x.shape
    H_out = conv_out(H, kh, stride, padding, dilation)
    W_out = conv_out(W, kw, stride, padding, dilation)
    border = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    padded = np.pad(x, border)  # (N, C, H + 2p, W + 2p)
    cols = np.empty((N, C, kh, kw, H_out, W_out), dtype=x.dtype)
    for i, j, rows, columns in _taps(kh, kw, H_out, W_out, stride, dilation):
        cols[:, :, i, j] = padded[:, :, rows, columns]  # (N, C, H_out, W_out)
    return cols.reshape(N, C * kh * kw, H_out * W_out)


def col2im(
    cols: np.ndarray,
    x_shape: tuple[int, int, int, int],
    kh: int,
    kw: int,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> np.ndarray:
    r"""The adjoint of `im2col`: every entry goes back to its pixel, and what meets there is added."""
    N, C, H, W = x_shape
    H_out = conv_out(H, kh, stride, padding, dilation)
    W_out = conv_out(W, kw, stride, padding, dilation)
    windows = cols.reshape(N, C, kh, kw, H_out, W_out)
    padded = np.zeros((N, C, H + 2 * padding, W + 2 * padding), dtype=cols.dtype)
    for i, j, rows, columns in _taps(kh, kw, H_out, W_out, stride, dilation):
        padded[:, :, rows, columns] += windows[:, :, i, j]  # no pixel twice within one tap: += is safe
    return padded[:, :, padding : padding + H, padding : padding + W].copy()


def _taps(
    kh: int, kw: int, H_out: int, W_out: int, stride: int, dilation: int
) -> Iterator[tuple[int, int, slice, slice]]:
    """For each tap (i, j) of the kernel, the rows and columns of the padded image that it meets."""
    for i in range(kh):
        for j in range(kw):
            top, left = i * dilation, j * dilation
            rows = slice(top, top + stride * H_out, stride)
            columns = slice(left, left + stride * W_out, stride)
            yield i, j, rows, columns
