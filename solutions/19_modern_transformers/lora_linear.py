"""Low-rank adaptation of a frozen linear layer (Hu et al. 2021)."""

from __future__ import annotations

import math

import torch
from torch import nn


class LoRALinear(nn.Module):
    r"""$\text{base}(x) + \frac{\alpha}{r} \, \text{dropout}(x) A^\top B^\top$."""

    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0):
        r"""Freeze the base and begin with a correction of zero.

        Args:
            base: (in → out), kept as it is and frozen.
            r: the rank of the correction.
            alpha: the correction is scaled by $\alpha / r$, so that r can change without another learning rate.
            dropout: of x on its way to A.

        Raises:
            ValueError: r < 1.
        """
        super().__init__()
        if r < 1:
            raise ValueError(f"the rank is 1 or more, not {r}")
        self.base = base
        for parameter in base.parameters():
            parameter.requires_grad_(False)
        d_out, d_in = base.weight.shape
        self.A = nn.Parameter(base.weight.new_empty(r, d_in))  # (r, in)
        self.B = nn.Parameter(base.weight.new_zeros(d_out, r))  # (out, r)
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.dropout = nn.Dropout(dropout)
        self.scale = alpha / r

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., in) → (..., out)."""
        low = self.dropout(x) @ self.A.T  # (..., r)
        return self.base(x) + self.scale * (low @ self.B.T)  # (..., out)

    @torch.no_grad()
    def merge(self) -> nn.Linear:
        r"""A layer of its own with the weight $W + \frac{\alpha}{r} B A$."""
        weight, bias = self.base.weight, self.base.bias
        merged = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None).to(weight)
        merged.weight.copy_(weight + self.scale * self.B @ self.A)  # (out, in)
        if bias is not None:
            merged.bias.copy_(bias)  # (out,)
        return merged
