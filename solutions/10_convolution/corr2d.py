"""Cross-correlation, and the convolution of the mathematicians."""

from __future__ import annotations

import numpy as np


def corr2d(x: np.ndarray, k: np.ndarray) -> np.ndarray:
    r"""$\mathrm{out}_{r,c} = \sum_{i,j} x_{r+i,\,c+j}\,k_{i,j}$ wherever the window fits completely."""
    (H, W), (kh, kw) = x.shape, k.shape
    if kh > H or kw > W:
        raise ValueError(f"a kernel of {k.shape} does not fit into an image of {x.shape}")
    H_out, W_out = H - kh + 1, W - kw + 1
    out = np.zeros((H_out, W_out), dtype=x.dtype)
    for i in range(kh):  # one weight at a time, for all windows at once
        for j in range(kw):
            out += k[i, j] * x[i : i + H_out, j : j + W_out]  # (H_out, W_out): what lies under weight (i, j)
    return out


def conv2d_true(x: np.ndarray, k: np.ndarray) -> np.ndarray:
    r"""Cross-correlation with the kernel turned by 180 degrees."""
    return corr2d(x, k[::-1, ::-1])
