"""The score of house-price competitions: how far off, as a ratio."""

from __future__ import annotations

import numpy as np


def log_rmse(pred: np.ndarray, target: np.ndarray, floor: float = 1.0) -> float:
    r"""$\sqrt{\operatorname{mean}((\log \max(p, f) - \log t)^2)}$ over all elements, computed in float64."""
    if pred.shape != target.shape:
        raise ValueError(f"pred has shape {pred.shape} but target has shape {target.shape}")
    lifted = np.maximum(pred.astype(np.float64), floor)  # pred's shape, at least floor
    error = np.log(lifted) - np.log(target.astype(np.float64))  # pred's shape
    return float(np.sqrt(np.mean(error**2)))
