"""Root-mean-square layer normalisation (Zhang & Sennrich 2019)."""

from __future__ import annotations

import torch


class RMSNorm(torch.nn.Module):
    r"""$y = x / \sqrt{\text{mean}(x^2) + \varepsilon} \cdot w$, row by row: LayerNorm without mean and without shift."""

    def __init__(self, dim: int, eps: float = 1e-6):
        """Start with $w = 1$.

        Args:
            dim: length of the last axis.
            eps: added to the mean square, under the root.
        """
        super().__init__()
        self.eps = eps
        self.weight = torch.nn.Parameter(torch.ones(dim))  # (dim,)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., dim) → (..., dim) of the same dtype; squares of half-precision numbers are taken in float32."""
        wide = x.to(torch.promote_types(x.dtype, torch.float32))  # (..., dim)
        mean_square = wide.pow(2).mean(dim=-1, keepdim=True)  # (..., 1)
        return (wide * torch.rsqrt(mean_square + self.eps) * self.weight).to(x.dtype)  # (..., dim)
