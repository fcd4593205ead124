"""Xavier and Kaiming initialisation."""

from __future__ import annotations

import numpy as np


def fan_in_out(shape: tuple[int, ...]) -> tuple[int, int]:
    r"""How many numbers one output reads, and how many outputs read one input.

    Args:
        shape: (out, in) of a dense layer, or (out, in, kernel sizes…) of a convolution.

    Returns:
        (fan_in, fan_out), two ints.

    Raises:
        ValueError: the shape has fewer than two axes.
    """
    # TODO: count the cells of the kernel; a dense layer has one.
    # TODO: multiply inputs and outputs with it.
    raise NotImplementedError


def xavier_uniform(shape: tuple[int, ...], rng: np.random.Generator, gain: float = 1.0) -> np.ndarray:
    r"""Uniform weights between $-a$ and $a = g \sqrt{6 / (n_{in} + n_{out})}$.

    shape: as for fan_in_out; returns float32 of that shape, drawn from `rng`.
    """
    # TODO: the bound from both fans and the gain, then one uniform number an entry.
    raise NotImplementedError


def kaiming_normal(
    shape: tuple[int, ...], rng: np.random.Generator, mode: str = "fan_in", a: float = 0.0
) -> np.ndarray:
    r"""Normal weights with mean 0 and standard deviation $\sqrt{2 / (1 + a^2)} / \sqrt{n}$.

    shape: as for fan_in_out; returns float32 of that shape, drawn from `rng`.
    mode: "fan_in" or "fan_out", which of the two is $n$; anything else is a ValueError.
    a: slope of the leaky ReLU below zero.
    """
    # TODO: refuse an unknown mode, choose the fan, then one normal number an entry.
    raise NotImplementedError
