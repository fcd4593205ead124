from __future__ import annotations

import numpy as np


def step_neuron(x: np.ndarray, w: np.ndarray, b: float) -> np.ndarray:
    r"""1 where $w \cdot x + b \ge 0$, else 0.

    x: (N, D) or (D,), w: (D,), b: float; returns int64 of shape (N,), or () for a single sample.
    """
    # TODO: one weighted sum a sample; compare it with 0; make it int64.
    raise NotImplementedError


def gate_params() -> dict[str, tuple[np.ndarray, float]]:
    """Weights and bias of "AND", "OR", "NAND", "NOR" (two inputs) and "NOT" (one input).

    Each gate must stay right when every input is off by up to 0.1.
    """
    # TODO: return {"AND": (np.array([…]), …), …}; put each line in the middle between the two classes.
    raise NotImplementedError
