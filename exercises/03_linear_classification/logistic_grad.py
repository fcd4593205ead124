from __future__ import annotations

import numpy as np

from tutor.mine import bce_with_logits, sigmoid


def logistic_loss_and_grad(X: np.ndarray, Y: np.ndarray, w: np.ndarray, b: float) -> tuple[float, np.ndarray, float]:
    r"""Mean cross-entropy $J$ of $\sigma(w^\top X + b)$ against $Y$, with $\partial J / \partial w$ and $\partial J / \partial b$.

    X: (n_x, m), one column a sample; Y: (1, m); w: (n_x, 1); b: float.
    Returns (J, dw, db): a float, an array (n_x, 1), a float.
    """
    # TODO: logits of all samples at once, (1, m); the loss from the logits.
    # TODO: dZ = (A - Y) / m, then dw and db; no loop, no division by A or 1 - A.
    raise NotImplementedError
