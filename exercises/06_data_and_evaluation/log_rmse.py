from __future__ import annotations

import numpy as np


def log_rmse(pred: np.ndarray, target: np.ndarray, floor: float = 1.0) -> float:
    r"""$\sqrt{\operatorname{mean}((\log \max(p, f) - \log t)^2)}$ over all elements, computed in float64.

    pred: any shape, may hold zeros and negative numbers; target: all above 0; another shape raises ValueError.
    floor: what every smaller prediction counts as. Returns a Python float.
    """
    # TODO: refuse shapes that differ, before broadcasting can hide it.
    # TODO: lift the predictions to the floor, then compare logarithms, in float64.
    raise NotImplementedError
