from __future__ import annotations

from typing import Any

import numpy as np

from tutor.mine import conv2d, conv2d_backward, cross_entropy, data_iter, kaiming_normal, maxpool2d, maxpool2d_backward


def train_lenet(
    X: np.ndarray,
    y: np.ndarray,
    X_val: np.ndarray,
    y_val: np.ndarray,
    *,
    epochs: int = 4,
    lr: float = 0.02,
    momentum: float = 0.9,
    batch_size: int = 64,
    rng: np.random.Generator,
) -> dict[str, Any]:
    r"""LeNet with ReLU and max pooling, trained by mini-batches with momentum.

    X: (N, 1, 28, 28) float32; y: (N,) classes 0 … C-1, C = y.max() + 1; X_val: (M, 1, 28, 28); y_val: (M,).
    Returns {"params": W1, b1, … W5, b5 (float32), "train_loss": one float an epoch, "val_acc": one float an epoch}.
    """
    # TODO: start: W1 … W5 from kaiming_normal, drawn from rng in this order, outputs first; b1 … b5 zero.
    # TODO: forward: two blocks of convolution, ReLU and pooling, flatten, three dense layers; keep what backward needs.
    # TODO: backward: the same way back, one gradient for each of the ten parameters.
    # TODO: each epoch: one step with momentum for every batch of data_iter; then the accuracy on the validation data.
    raise NotImplementedError
