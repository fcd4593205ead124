"""MSE, L1 and Huber with gradients."""

import numpy as np


def regression_loss(
    pred: np.ndarray,
    target: np.ndarray,
    kind: str = "mse",
    reduction: str = "mean",
    delta: float = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Loss of the errors $e$ = pred - target, and its gradient with respect to pred.

    mse: $e^2$.  l1: $|e|$.  huber: $e^2/2$ where $|e| \le \delta$, else $\delta(|e| - \delta/2)$.

    Args:
        pred: any shape.
        target: exactly the shape of pred.
        kind: "mse", "l1" or "huber".
        reduction: "mean" or "sum" over all elements, or "none".
        delta: the threshold of huber, above 0.

    Returns:
        (loss, dpred): loss of shape (), or that of pred for "none"; dpred of the shape of pred is the gradient of
        the loss (for "none", of its sum). At an error of 0 the slope of l1 is 0.

    Raises:
        ValueError: unequal shapes, an unknown kind or an unknown reduction.
    """
    # TODO: refuse unequal shapes.
    # TODO: for each kind, the loss and the slope of every element; refuse an unknown kind.
    # TODO: reduce the loss, and scale the slope accordingly; refuse an unknown reduction.
    raise NotImplementedError
