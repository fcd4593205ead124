"""Standardising that remembers the training set, and the way back to raw units."""

from __future__ import annotations

import numpy as np


class StandardScaler:
    r"""The map $z = (x - \mu) / \sigma$, column by column; NaN stands for a missing cell."""

    def fit(self, X: np.ndarray) -> StandardScaler:
        r"""Mean and population standard deviation of each column, in float64, without the missing cells."""
        X = X.astype(np.float64)  # (N, D)
        constant = np.nanmin(X, axis=0) == np.nanmax(X, axis=0)  # (D,): rounding makes a deviation of 0 unreliable
        self.mean_ = np.nanmean(X, axis=0)  # (D,)
        self.scale_ = np.where(constant, 1.0, np.nanstd(X, axis=0))  # (D,)
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        r"""$(x - \mu) / \sigma$ with the statistics of the training set."""
        self._require(X)
        return ((X - self.mean_) / self.scale_).astype(X.dtype)  # (M, D)

    def inverse_transform(self, Z: np.ndarray) -> np.ndarray:
        r"""$z \sigma + \mu$."""
        self._require(Z)
        return (Z * self.scale_ + self.mean_).astype(Z.dtype)  # (M, D)

    def _require(self, rows: np.ndarray) -> None:
        if not hasattr(self, "mean_"):
            raise RuntimeError("call fit before transform or inverse_transform")
        if rows.shape[1] != len(self.mean_):
            raise ValueError(f"fitted on {len(self.mean_)} columns, asked to scale {rows.shape[1]}")


def destandardise_linear(
    w_s: np.ndarray, b_s: float, x_scaler: StandardScaler, y_scaler: StandardScaler | None = None
) -> tuple[np.ndarray, float]:
    r"""$w = w_s / \sigma$ and $b = b_s - w \cdot \mu$; then from standardised labels to raw ones."""
    w = w_s / x_scaler.scale_  # (D,)
    b = float(b_s - w @ x_scaler.mean_)
    if y_scaler is None:
        return w, b
    centre, spread = float(y_scaler.mean_[0]), float(y_scaler.scale_[0])
    return w * spread, b * spread + centre
