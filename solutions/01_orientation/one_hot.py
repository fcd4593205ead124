"""One-hot encoding: a label becomes a vector with a single 1."""

import numpy as np


def one_hot(labels: np.ndarray, num_classes: int | None = None) -> np.ndarray:
    r"""Encode labels along a new last axis: entry c is 1 where the label is c, else 0.

    Args:
        labels: integers of any shape S, values 0 to C - 1.
        num_classes: C; None means the largest label plus 1.

    Returns:
        float32 of shape S + (C,).

    Raises:
        ValueError: a label lies outside 0 to C - 1, or labels is empty and num_classes is None.
    """
    if num_classes is None:
        if labels.size == 0:
            raise ValueError("empty labels do not tell the number of classes: give num_classes")
        num_classes = int(labels.max()) + 1  # int first: in uint8, 255 + 1 is 0
    if labels.size and not 0 <= labels.min() <= labels.max() < num_classes:
        raise ValueError(f"labels must lie in 0 to {num_classes - 1}")
    classes = np.arange(num_classes)  # (C,)
    return (labels[..., None] == classes).astype(np.float32)  # S + (1,) against (C,) -> S + (C,)
