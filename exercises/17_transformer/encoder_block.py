from __future__ import annotations

import torch
from torch import nn

from tutor.mine import AddNorm, MultiHeadAttention, PositionWiseFFN


class EncoderBlock(nn.Module):
    r"""$h = \text{norm1}(x, \text{attention}(x, x, x))$, then $\text{norm2}(h, \text{ffn}(h))$.

    Parts: self_attn, norm1, ffn, norm2. Dropout works on the attention weights and in both AddNorms.
    """

    def __init__(self, d_model: int, num_heads: int, d_ff: int, dropout: float = 0.0):
        super().__init__()
        # TODO: make the four parts.
        raise NotImplementedError

    def forward(self, x: torch.Tensor, valid_len: torch.Tensor | None = None) -> torch.Tensor:
        """x: (N, T, d_model); valid_len: (N,), or None when nothing is padding; returns (N, T, d_model)."""
        # TODO: attention over the real positions, add & norm, feed-forward network, add & norm.
        raise NotImplementedError
