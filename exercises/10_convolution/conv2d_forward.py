from __future__ import annotations

import numpy as np

from tutor.mine import conv_out, im2col


def conv2d(
    x: np.ndarray, w: np.ndarray, b: np.ndarray | None = None, stride: int = 1, padding: int = 0, dilation: int = 1
) -> np.ndarray:
    r"""$\mathrm{out}_{n,o,r,q} = b_o + \sum_{c,i,j} w_{o,c,i,j}\; x_{n,\,c,\,rs+id-p,\,qs+jd-p}$, zero outside the image.

    x: (N, C_in, H, W); w: (C_out, C_in, kh, kw); b: (C_out,) or None; returns (N, C_out, H_out, W_out).
    Raises ValueError when the channels do not fit, or the window does not fit into the padded image.
    """
    # TODO: windows to columns, filters to rows, one matrix product, one bias a filter, back to images.
    raise NotImplementedError
