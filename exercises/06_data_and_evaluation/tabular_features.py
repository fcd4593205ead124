from __future__ import annotations

import numpy as np


def build_features(
    train: dict[str, np.ndarray], test: dict[str, np.ndarray], drop: tuple[str, ...] = ("Id",)
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    r"""Numeric columns standardised by the training rows, missing cells 0; categorical ones as indicators.

    train: name → (N,) float array (NaN is missing), or strings (None and "NA" are missing). test: the same, (M,).
    Returns float32 (N, F) and (M, F) and the F names: "column", "column=category" sorted, "column=nan" last.
    """
    # TODO: go through the columns of train, without those in drop.
    # TODO: numeric: standardise both parts with the training statistics, then missing cells become 0.
    # TODO: categorical: one indicator a training category, one more if a cell is missing in either part.
    raise NotImplementedError
