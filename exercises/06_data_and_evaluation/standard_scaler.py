from __future__ import annotations

import numpy as np


class StandardScaler:
    r"""The map $z = (x - \mu) / \sigma$, column by column; NaN stands for a missing cell.

    mean_: (D,) float64, set by fit.
    scale_: (D,) float64, set by fit; 1 for a constant column.
    """

    def fit(self, X: np.ndarray) -> StandardScaler:
        r"""Learn mean and scale from the rows of X: (N, D), N >= 1. Returns the scaler itself."""
        # TODO: mean and standard deviation (divided by N) of each column, in float64, without the missing cells.
        # TODO: a column of equal values gets scale 1.
        raise NotImplementedError

    def transform(self, X: np.ndarray) -> np.ndarray:
        r"""(M, D) rows → (M, D) standardised with the fitted statistics, in the dtype of X; NaN stays NaN.

        Raises RuntimeError before fit, ValueError if X has not D columns.
        """
        # TODO: refuse what cannot be; apply the map without touching X.
        raise NotImplementedError

    def inverse_transform(self, Z: np.ndarray) -> np.ndarray:
        r"""The way back: (M, D) standardised rows → (M, D) raw rows, in the dtype of Z. Raises like transform."""
        # TODO: solve z = (x - mean) / scale for x.
        raise NotImplementedError


def destandardise_linear(
    w_s: np.ndarray, b_s: float, x_scaler: StandardScaler, y_scaler: StandardScaler | None = None
) -> tuple[np.ndarray, float]:
    r"""Weights for raw features that predict what (w_s, b_s) predict behind the scaler.

    w_s: (D,). y_scaler: fitted on (N, 1) labels, if these were standardised. Returns (float64 (D,), float).
    """
    # TODO: put the map into the model and sort by the raw feature; then undo the scaling of the labels.
    raise NotImplementedError
