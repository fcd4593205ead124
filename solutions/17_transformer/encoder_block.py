"""The block that a Transformer's encoder is a stack of."""

from __future__ import annotations

import torch
from torch import nn

from tutor.mine import AddNorm, MultiHeadAttention, PositionWiseFFN


class EncoderBlock(nn.Module):
    r"""$h = \text{norm1}(x, \text{attention}(x, x, x))$, then $\text{norm2}(h, \text{ffn}(h))$ (Vaswani et al. 2017)."""

    def __init__(self, d_model: int, num_heads: int, d_ff: int, dropout: float = 0.0):
        super().__init__()
        self.self_attn = MultiHeadAttention(d_model, num_heads, dropout=dropout)
        self.norm1 = AddNorm(d_model, dropout)
        self.ffn = PositionWiseFFN(d_model, d_ff)
        self.norm2 = AddNorm(d_model, dropout)

    def forward(self, x: torch.Tensor, valid_len: torch.Tensor | None = None) -> torch.Tensor:
        """(N, T, d_model), (N,) → (N, T, d_model)."""
        attended, _ = self.self_attn(x, x, x, valid_len)  # (N, T, d_model)
        h = self.norm1(x, attended)  # (N, T, d_model)
        return self.norm2(h, self.ffn(h))  # (N, T, d_model)
