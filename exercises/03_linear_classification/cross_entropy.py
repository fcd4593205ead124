from __future__ import annotations

import numpy as np

from tutor.mine import log_softmax, softmax


def cross_entropy(
    logits: np.ndarray, targets: np.ndarray, *, ignore_index: int = -100, label_smoothing: float = 0.0
) -> tuple[float, np.ndarray]:
    r"""Mean cross-entropy of the kept rows, and its gradient $(p - q) / n$ at the logits.

    logits: (N, C), may hold -inf; targets: (N,) integers in 0 … C-1, or `ignore_index`.
    $q = (1 - \varepsilon) \, \text{onehot} + \varepsilon / C$. Returns (loss, dlogits): a float and (N, C).
    """
    # TODO: find the kept rows; raise ValueError for a target that is neither a class nor ignore_index.
    # TODO: the loss from log_softmax, one entry a row (plus the smoothing), divided by the number of kept rows.
    # TODO: the gradient: softmax minus q, divided by the same number, and 0 in ignored rows.
    raise NotImplementedError
