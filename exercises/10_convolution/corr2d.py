from __future__ import annotations

import numpy as np


def corr2d(x: np.ndarray, k: np.ndarray) -> np.ndarray:
    r"""$\mathrm{out}_{r,c} = \sum_{i,j} x_{r+i,\,c+j}\,k_{i,j}$ wherever the window fits completely.

    x: (H, W) image; k: (kh, kw) kernel of the same dtype; returns (H - kh + 1, W - kw + 1).
    Raises ValueError when the kernel is larger than the image, in either direction.
    """
    # TODO: refuse a kernel that does not fit; then lay the window on every place and add up the products.
    raise NotImplementedError


def conv2d_true(x: np.ndarray, k: np.ndarray) -> np.ndarray:
    r"""$\mathrm{out}_{r,c} = \sum_{i,j} x_{r+i,\,c+j}\,k_{kh-1-i,\,kw-1-j}$: the same with the kernel turned by 180 degrees.

    Shapes and errors are those of `corr2d`.
    """
    # TODO: turn the kernel, not the image, and use what you have.
    raise NotImplementedError
