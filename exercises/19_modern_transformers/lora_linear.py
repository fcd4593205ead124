from __future__ import annotations

import math  # sqrt

import torch
from torch import nn


class LoRALinear(nn.Module):
    r"""$\text{base}(x) + \frac{\alpha}{r} \, \text{dropout}(x) A^\top B^\top$: a frozen layer and a trainable low rank.

    Parts: base (frozen), A: (r, in), B: (out, r).
    """

    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0):
        """r < 1 raises ValueError."""
        super().__init__()
        # TODO: freeze the base; draw A, leave B at zero, in the base's dtype and on its device.
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., in); returns (..., out)."""
        # TODO: the base, and the scaled correction.
        raise NotImplementedError

    def merge(self) -> nn.Linear:
        """A new, plain layer that computes the same in evaluation."""
        # TODO: copies of weight and bias, with the correction added to the weight.
        raise NotImplementedError
