"""From raw columns to a feature matrix, with everything learned from the training rows alone."""

from __future__ import annotations

import numpy as np

from tutor.mine import StandardScaler


def build_features(
    train: dict[str, np.ndarray], test: dict[str, np.ndarray], drop: tuple[str, ...] = ("Id",)
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    r"""Numeric columns standardised by the training rows, missing cells 0; categorical ones as indicators."""
    names: list[str] = []
    train_blocks: list[np.ndarray] = []  # (N, 1) for a number, (N, C) for categories
    test_blocks: list[np.ndarray] = []
    for column in train:
        if column in drop:
            continue
        block = _numeric if train[column].dtype.kind == "f" else _categorical
        labels, train_block, test_block = block(column, train[column], test[column])
        names += labels
        train_blocks.append(train_block)
        test_blocks.append(test_block)
    X_train = np.concatenate(train_blocks, axis=1).astype(np.float32)  # (N, F)
    X_test = np.concatenate(test_blocks, axis=1).astype(np.float32)  # (M, F)
    return X_train, X_test, names


def _numeric(name: str, train: np.ndarray, test: np.ndarray) -> tuple[list[str], np.ndarray, np.ndarray]:
    """One feature, (N, 1) and (M, 1); a missing cell gets 0, which is the training mean."""
    if np.isnan(train).all():  # nothing to learn from
        return [name], np.zeros((len(train), 1)), np.zeros((len(test), 1))
    scaler = StandardScaler().fit(train[:, None])
    return [name], *(np.nan_to_num(scaler.transform(part[:, None])) for part in (train, test))


def _categorical(name: str, train: np.ndarray, test: np.ndarray) -> tuple[list[str], np.ndarray, np.ndarray]:
    """One indicator a training category, and one for "missing" where that occurs: (N, C) and (M, C)."""
    cells = [[None if value is None or value == "NA" else str(value) for value in part] for part in (train, test)]
    categories: list[str | None] = [*sorted({value for value in cells[0] if value is not None})]
    if None in cells[0] or None in cells[1]:
        categories.append(None)
    labels = [f"{name}={'nan' if category is None else category}" for category in categories]
    return labels, *(_indicators(part, categories) for part in cells)


def _indicators(cells: list[str | None], categories: list[str | None]) -> np.ndarray:
    """(number of cells, number of categories): 1 where they agree."""
    return np.array([[cell == category for category in categories] for cell in cells]).reshape(
        len(cells), len(categories)
    )
