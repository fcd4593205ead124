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
    if pred.shape != target.shape:
        raise ValueError(f"pred {pred.shape} and target {target.shape} must have the same shape")
    error = pred - target  # the shape of pred, like everything elementwise below
    if kind == "mse":
        loss, slope = error**2, 2 * error
    elif kind == "l1":
        loss, slope = np.abs(error), np.sign(error)
    elif kind == "huber":
        slope = np.clip(error, -delta, delta)
        loss = slope * (error - slope / 2)  # e²/2 inside the band, delta (|e| - delta/2) outside
    else:
        raise ValueError(f"unknown kind {kind!r}")

    if reduction == "mean":
        return loss.mean(), slope / error.size  # (), the shape of pred
    if reduction == "sum":
        return loss.sum(), slope
    if reduction == "none":
        return loss, slope
    raise ValueError(f"unknown reduction {reduction!r}")
