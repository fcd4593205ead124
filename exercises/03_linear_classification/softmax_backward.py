from __future__ import annotations

import numpy as np


def softmax_backward(dout: np.ndarray, probs: np.ndarray, axis: int = -1) -> np.ndarray:
    r"""Gradient at the logits: $\partial \ell / \partial z_j = \sum_i g_i \, p_i ([i = j] - p_j)$ along `axis`.

    dout: (..., C, ...) gradient $g$ at the probabilities; probs: same shape, $p = \operatorname{softmax}(z)$.
    Returns dz, same shape and dtype.
    """
    # TODO: simplify the sum on paper, then write it with one multiplication, one sum along `axis`, one product.
    raise NotImplementedError
