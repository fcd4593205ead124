"""The block that a Transformer's decoder is a stack of: for all tokens at once, or step by step with a cache."""

from __future__ import annotations

import torch
from torch import nn

from tutor.mine import AddNorm, MultiHeadAttention, PositionWiseFFN


class DecoderBlock(nn.Module):
    """Causal self-attention, attention to the encoder's output, feed-forward network (Vaswani et al. 2017)."""

    def __init__(self, d_model: int, num_heads: int, d_ff: int, dropout: float = 0.0):
        super().__init__()
        self.self_attn = MultiHeadAttention(d_model, num_heads, dropout=dropout)
        self.norm1 = AddNorm(d_model, dropout)
        self.cross_attn = MultiHeadAttention(d_model, num_heads, dropout=dropout)
        self.norm2 = AddNorm(d_model, dropout)
        self.ffn = PositionWiseFFN(d_model, d_ff)
        self.norm3 = AddNorm(d_model, dropout)

    def forward(
        self,
        y: torch.Tensor,
        memory: torch.Tensor,
        memory_valid_len: torch.Tensor | None = None,
        cache: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """(N, T, d_model), (N, S, d_model), (N,), (N, P, d_model) → (N, T, d_model), (N, P + T, d_model)."""
        whole = y if cache is None else torch.cat([cache, y], dim=1)  # (N, P + T, d_model)
        looked_back, _ = self.self_attn(y, whole, whole, causal=True)  # (N, T, d_model)
        a = self.norm1(y, looked_back)  # (N, T, d_model)
        looked_over, _ = self.cross_attn(a, memory, memory, memory_valid_len)  # (N, T, d_model)
        b = self.norm2(a, looked_over)  # (N, T, d_model)
        return self.norm3(b, self.ffn(b)), whole  # (N, T, d_model), (N, P + T, d_model)
