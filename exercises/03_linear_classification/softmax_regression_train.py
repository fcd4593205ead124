from __future__ import annotations

from typing import Any

import numpy as np

from tutor.mine import cross_entropy, data_iter


def train_softmax_regression(
    X: np.ndarray,
    y: np.ndarray,
    X_val: np.ndarray,
    y_val: np.ndarray,
    *,
    lr: float = 0.03,
    epochs: int = 10,
    batch_size: int = 128,
    rng: np.random.Generator,
) -> dict[str, Any]:
    r"""Mini-batch gradient descent on $J(W, b)$, the mean cross-entropy of the logits $x W + b$.

    X: (N, D) float32; y: (N,) classes 0 … C-1, C = y.max() + 1; X_val: (M, D); y_val: (M,).
    Returns {"W": (D, C), "b": (C,), "train_loss": one float an epoch, "val_acc": one float an epoch}.
    """
    # TODO: W and b of zeros, in the dtype of X.
    # TODO: each epoch, one gradient step a batch of data_iter; add up the loss, weighted by the batch's size.
    # TODO: after each epoch, record the mean loss and the accuracy on the validation data.
    raise NotImplementedError
