from __future__ import annotations

import torch
from torch import nn


class PositionWiseFFN(nn.Module):
    r"""$\operatorname{relu}(x W_1 + b_1) \, W_2 + b_2$ at each position alone. Parts: linear1, linear2."""

    def __init__(self, d_model: int, d_ff: int):
        super().__init__()
        # TODO: two linear layers, d_model → d_ff → d_model.
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, T, d_model); returns the same shape."""
        # TODO: widen, ReLU, back.
        raise NotImplementedError


class AddNorm(nn.Module):
    r"""$\text{LayerNorm}(x + \text{dropout}(y))$. Parts: norm, dropout."""

    def __init__(self, d_model: int, dropout: float = 0.0):
        super().__init__()
        # TODO: an nn.LayerNorm and an nn.Dropout.
        raise NotImplementedError

    def forward(self, x: torch.Tensor, sublayer_out: torch.Tensor) -> torch.Tensor:
        """x: (N, T, d_model), and what a sub-layer made of it, in the same shape, which is also returned."""
        # TODO: refuse different shapes; drop, add, normalise.
        raise NotImplementedError
