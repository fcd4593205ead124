"""Capstone: linear regression from your own parts."""

from typing import Any

import numpy as np

from tutor.mine import data_iter, linreg_loss_and_grad


def train_linreg(
    X: np.ndarray,
    y: np.ndarray,
    *,
    lr: float = 0.03,
    epochs: int = 3,
    batch_size: int = 10,
    rng: np.random.Generator,
) -> dict[str, Any]:
    r"""Mini-batch gradient descent on the mean squared error, from $w = 0$ and $b = 0$.

    Args:
        X: (N, D).
        y: (N,).
        lr: the learning rate.
        epochs: walks through the data.
        batch_size: rows in a batch; the last one may be shorter.
        rng: where every order comes from.

    Returns:
        {"w": (D,) with the dtype of X, "b": float, "history": one float an epoch}; history holds the mean squared error
        over all data after each epoch.
    """
    # TODO: start at zero.
    # TODO: in each epoch, one step for every batch of data_iter.
    # TODO: after each epoch, note the loss over all data.
    raise NotImplementedError
