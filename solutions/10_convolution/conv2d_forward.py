"""A convolution layer, forwards, as one matrix product."""

from __future__ import annotations

import numpy as np

from tutor.mine import conv_out, im2col


def conv2d(
    x: np.ndarray, w: np.ndarray, b: np.ndarray | None = None, stride: int = 1, padding: int = 0, dilation: int = 1
) -> np.ndarray:
    r"""(N, C_in, H, W) with filters (C_out, C_in, kh, kw) to (N, C_out, H_out, W_out)."""
    N, C_in, H, W = x.shape
    C_out, depth, kh, kw = w.shape
    if depth != C_in:
        raise ValueError(f"filters for {depth} channels cannot read an image of {C_in}")
    H_out = conv_out(H, kh, stride, padding, dilation)
    W_out = conv_out(W, kw, stride, padding, dilation)
    cols = im2col(x, kh, kw, stride, padding, dilation)  # (N, C_in·kh·kw, L)
    out = w.reshape(C_out, C_in * kh * kw) @ cols  # (N, C_out, L): every filter meets every window
    if b is not None:
        out = out + b[:, None]  # (C_out, 1): one bias a filter
    return out.reshape(N, C_out, H_out, W_out)
