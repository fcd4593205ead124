from __future__ import annotations

import numpy as np

from tutor.mine import conv_out


def im2col(x: np.ndarray, kh: int, kw: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> np.ndarray:
    r"""Every window of `x` as one column.

    x: (N, C, H, W); returns (N, C·kh·kw, L) with L = H_out·W_out. Row (c·kh + i)·kw + j holds tap (i, j) of channel c,
    column r·W_out + q the window at row r and column q of the output. The border of width `padding` holds zeros.
    """
    # TODO: pad, then fetch for each tap (i, j) what it meets in all windows at once: a slice with a step.
    raise NotImplementedError


def col2im(
    cols: np.ndarray,
    x_shape: tuple[int, int, int, int],
    kh: int,
    kw: int,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> np.ndarray:
    r"""The way back: each entry is added to the pixel that `im2col` would have fetched it from.

    cols: (N, C·kh·kw, L); returns (N, C, H, W) = x_shape. Entries that belong to the border are dropped.
    """
    # TODO: add tap by tap into a padded image of zeros, then cut the border off.
    raise NotImplementedError
