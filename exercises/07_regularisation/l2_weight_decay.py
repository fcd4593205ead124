"""L2 penalty and weight decay."""

from __future__ import annotations

import numpy as np


def l2_penalty(params: dict[str, np.ndarray], lam: float) -> tuple[float, dict[str, np.ndarray]]:
    r"""$P = \frac{\lambda}{2} \sum_W \sum_i W_i^2$ over all arrays with two axes or more, and its gradients.

    Args:
        params: name to array of any shape; those with fewer than two axes are free.
        lam: lambda, at least 0.

    Returns:
        (penalty, grads): a float, and for every name a new array of the parameter's shape and dtype.
    """
    # TODO: the sum of the squares of all weights, over all their axes.
    # TODO: a gradient for each weight, zeros for everything else.
    raise NotImplementedError


def sgd_decay_step(w: np.ndarray, grad: np.ndarray, lr: float, lam: float) -> np.ndarray:
    r"""One step of gradient descent with weight decay: $(1 - \eta \lambda)\,w - \eta\,g$.

    w, grad: the same shape, rank >= 1; returns a new array with the shape and dtype of w.
    """
    # TODO: shrink the old weights, then move against the gradient.
    raise NotImplementedError
