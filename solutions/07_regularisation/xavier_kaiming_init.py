"""Xavier and Kaiming initialisation: weights whose spread fits the width of the layer."""

from __future__ import annotations

import math

import numpy as np


def fan_in_out(shape: tuple[int, ...]) -> tuple[int, int]:
    r"""How many numbers one output reads, and how many outputs read one input: $(C_{in} k, C_{out} k)$.

    shape: (out, in) or (out, in, kernel sizes…), with $k$ kernel cells; ValueError with fewer than two axes.
    """
    if len(shape) < 2:
        raise ValueError(f"a shape with fewer than two axes has no fan-in: {shape}")
    cells = math.prod(shape[2:])  # 1 for a dense layer
    return shape[1] * cells, shape[0] * cells


def xavier_uniform(shape: tuple[int, ...], rng: np.random.Generator, gain: float = 1.0) -> np.ndarray:
    r"""$U(-a, a)$ with $a = g \sqrt{6 / (n_{in} + n_{out})}$: variance $2 g^2 / (n_{in} + n_{out})$; float32."""
    bound = gain * math.sqrt(6 / sum(fan_in_out(shape)))
    return rng.uniform(-bound, bound, size=shape).astype(np.float32)  # shape


def kaiming_normal(
    shape: tuple[int, ...], rng: np.random.Generator, mode: str = "fan_in", a: float = 0.0
) -> np.ndarray:
    r"""$N(0, \sigma^2)$ with $\sigma = \sqrt{2 / (1 + a^2)} / \sqrt{n}$, $n$ the fan that `mode` names; float32."""
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f'mode is "fan_in" or "fan_out", not {mode!r}')
    fan_in, fan_out = fan_in_out(shape)
    fan = fan_in if mode == "fan_in" else fan_out
    std = math.sqrt(2 / (1 + a * a) / fan)  # a ReLU halves the mean square: the 2 makes up for it
    return rng.normal(0.0, std, size=shape).astype(np.float32)  # shape
