"""A threshold neuron, and the gates one such neuron can be."""

from __future__ import annotations

import numpy as np


def step_neuron(x: np.ndarray, w: np.ndarray, b: float) -> np.ndarray:
    r"""1 where $w \cdot x + b \ge 0$, else 0."""
    return (x @ w + b >= 0).astype(np.int64)  # (N,), or () for one sample


def gate_params() -> dict[str, tuple[np.ndarray, float]]:
    """Each threshold lies halfway between the largest sum that must not fire and the smallest that must."""
    return {
        "AND": (np.ones(2), -1.5),  # sums 0, 1, 1 | 2
        "OR": (np.ones(2), -0.5),  # sums 0 | 1, 1, 2
        "NAND": (-np.ones(2), 1.5),  # the line of AND, seen from the other side
        "NOR": (-np.ones(2), 0.5),  # the line of OR, seen from the other side
        "NOT": (-np.ones(1), 0.5),  # sums -1 | 0
    }
