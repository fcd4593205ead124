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
    # TODO: find C when it is not given; an empty array has no largest label.
    # TODO: refuse labels below 0 and labels of C or more.
    # TODO: compare every label with every class.
    raise NotImplementedError
