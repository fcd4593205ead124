from __future__ import annotations

import numpy as np

from tutor.mine import col2im, im2col


def conv2d_backward(
    dout: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int = 1, padding: int = 0, dilation: int = 1
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""The gradients of the loss for everything that went into `conv2d(x, w, b, stride, padding, dilation)`.

    dout: (N, C_out, H_out, W_out) gradient at the output; x: (N, C_in, H, W); w: (C_out, C_in, kh, kw).
    Returns (dx, dw, db) with the shapes of x, of w, and (C_out,).
    """
    # TODO: db adds up the errors of each filter.
    # TODO: dw: the forward pass was filters @ columns; what does a matrix product do backwards?
    # TODO: dx: the same for the columns, and then col2im.
    raise NotImplementedError
