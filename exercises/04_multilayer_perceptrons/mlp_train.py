from __future__ import annotations

from typing import Any

import numpy as np

from tutor.mine import act_forward, data_iter, mlp_loss_and_grads


def train_mlp(
    X: np.ndarray,
    y: np.ndarray,
    X_val: np.ndarray,
    y_val: np.ndarray,
    *,
    hidden: tuple[int, int] = (128, 64),
    lr: float = 0.05,
    epochs: int = 8,
    batch_size: int = 64,
    rng: np.random.Generator,
) -> dict[str, Any]:
    r"""Mini-batch gradient descent on the mean cross-entropy of a network with two hidden ReLU layers.

    X: (N, D) float32; y: (N,) classes 0 … C-1, C = y.max() + 1; X_val: (M, D); y_val: (M,).
    Returns {"params": the six arrays of mlp_loss_and_grads, "train_loss": one float an epoch, "val_acc": one float an epoch}.
    """
    # TODO: W1, W2, W3 normal with standard deviation sqrt(2 / n_in), from rng; b1, b2, b3 zero; all in X's dtype.
    # TODO: each epoch, one gradient step a batch of data_iter; add up the loss, weighted by the batch's size.
    # TODO: after each epoch, record the mean loss and the accuracy of a plain forward pass on the validation data.
    raise NotImplementedError
