from __future__ import annotations

import numpy as np


def perceptron_fit(
    X: np.ndarray, y: np.ndarray, lr: float = 1.0, max_epochs: int = 100
) -> tuple[np.ndarray, float, int, bool]:
    r"""Train a threshold neuron: on each mistake $w \mathrel{+}= \eta (y - \hat y) x$, $b \mathrel{+}= \eta (y - \hat y)$.

    X: (N, D), visited in row order; y: (N,) of 0 and 1. Starts at zeros, where the neuron fires (0 >= 0).
    Returns (w, b, updates, converged): w float64 (D,); converged after one whole epoch without an update.
    """
    # TODO: for each epoch, visit the rows in order and correct w and b after every mistake.
    # TODO: stop after an epoch without a mistake, or after max_epochs.
    raise NotImplementedError
