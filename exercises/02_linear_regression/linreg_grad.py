"""Linear regression: loss and gradient."""

import numpy as np


def linreg_loss_and_grad(X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float) -> tuple[float, np.ndarray, float]:
    r"""Mean squared error of the predictions $X w + b$, and its gradient.

    With $e = X w + b - y$:
    $$ L = \frac{1}{N} \sum_i e_i^2, \quad \partial L/\partial w = \frac{2}{N} X^\top e,
       \quad \partial L/\partial b = \frac{2}{N} \sum_i e_i $$

    Args:
        X: (N, D), N >= 1.
        y: (N,).
        w: (D,).
        b: the bias.

    Returns:
        (loss, dw, db): a float, an array (D,) with the dtype of X, a float.

    Raises:
        ValueError: y does not have the shape (N,).
    """
    # TODO: refuse a y that would broadcast.
    # TODO: the error of each sample, once.
    # TODO: the loss and both gradients from it.
    raise NotImplementedError
