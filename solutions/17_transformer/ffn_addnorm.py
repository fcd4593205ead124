"""What stands between the attentions of a Transformer: the feed-forward network, and add & norm."""

from __future__ import annotations

import torch
from torch import nn


class PositionWiseFFN(nn.Module):
    r"""$\operatorname{relu}(x W_1 + b_1) \, W_2 + b_2$, at each position alone, with the same weights everywhere."""

    def __init__(self, d_model: int, d_ff: int):
        super().__init__()
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, T, d_model) → (N, T, d_model); nn.Linear works on the last axis, whatever stands before it."""
        return self.linear2(torch.relu(self.linear1(x)))  # (N, T, d_ff) in between


class AddNorm(nn.Module):
    r"""$\text{LayerNorm}(x + \text{dropout}(y))$: the post-norm of 2017, $y$ being what a sub-layer made of $x$."""

    def __init__(self, d_model: int, dropout: float = 0.0):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor, sublayer_out: torch.Tensor) -> torch.Tensor:
        """(N, T, d_model) twice → (N, T, d_model)."""
        if x.shape != sublayer_out.shape:
            raise ValueError(f"{tuple(sublayer_out.shape)} cannot be added to the residual {tuple(x.shape)}")
        return self.norm(x + self.dropout(sublayer_out))  # (N, T, d_model)
