from __future__ import annotations

import numpy as np

from tutor.mine import conv_out


def maxpool2d(x: np.ndarray, k: int, stride: int | None = None, padding: int = 0) -> tuple[np.ndarray, np.ndarray]:
    r"""The maximum of each k × k window, and where it lies.

    x: (N, C, H, W); stride: None means k. Returns (y, idx), both (N, C, H_out, W_out): y with the dtype of x, idx int64,
    the place h·W + w of the first maximum (in row-major order) in its plane of x, without the border.
    The border never wins. Raises ValueError when padding > k // 2.
    """
    # TODO: go through the k·k taps; keep the best value so far, and where it was.
    raise NotImplementedError


def maxpool2d_backward(dout: np.ndarray, idx: np.ndarray, x_shape: tuple[int, int, int, int]) -> np.ndarray:
    r"""Send each window's gradient to its winner; a pixel that won several windows gets the sum.

    dout, idx: (N, C, H_out, W_out); returns (N, C, H, W) = x_shape with the dtype of dout.
    """
    # TODO: add dout into planes of zeros at idx, so that a repeated index counts every time.
    raise NotImplementedError
