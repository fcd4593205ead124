"""A convolution layer, backwards: from the error at its output to all three gradients."""

from __future__ import annotations

import numpy as np

from tutor.mine import col2im, im2col


def conv2d_backward(
    dout: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int = 1, padding: int = 0, dilation: int = 1
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""(dx, dw, db) of `conv2d(x, w, b, …)`, given the error `dout` at its output."""
    N, C_out, H_out, W_out = dout.shape
    _, C_in, kh, kw = w.shape
    error = dout.reshape(N, C_out, H_out * W_out)  # (N, C_out, L)
    cols = im2col(x, kh, kw, stride, padding, dilation)  # (N, K, L) with K = C_in·kh·kw
    db = error.sum(axis=(0, 2))  # (C_out,): the bias was added at every position of every sample
    dw = (error @ cols.transpose(0, 2, 1)).sum(axis=0)  # (C_out, K): all samples share the filters
    dcols = w.reshape(C_out, C_in * kh * kw).T @ error  # (N, K, L)
    dx = col2im(dcols, x.shape, kh, kw, stride, padding, dilation)  # (N, C_in, H, W)
    return dx, dw.reshape(w.shape), db
