from __future__ import annotations

import torch
from torch import nn

from tutor.mine import AddNorm, MultiHeadAttention, PositionWiseFFN


class DecoderBlock(nn.Module):
    r"""Causal self-attention, attention to the encoder's output, feed-forward network; add & norm after each.

    Parts: self_attn, norm1, cross_attn, norm2, ffn, norm3.
    """

    def __init__(self, d_model: int, num_heads: int, d_ff: int, dropout: float = 0.0):
        super().__init__()
        # TODO: make the six parts.
        raise NotImplementedError

    def forward(
        self,
        y: torch.Tensor,
        memory: torch.Tensor,
        memory_valid_len: torch.Tensor | None = None,
        cache: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the result (N, T, d_model) and the new cache (N, P + T, d_model).

        y: (N, T, d_model), all positions or the newest; memory: (N, S, d_model); memory_valid_len: (N,) or None;
        cache: (N, P, d_model), this block's inputs at earlier positions, or None.
        """
        # TODO: the inputs at all positions so far.
        # TODO: causal self-attention over them, add & norm.
        # TODO: attention to the real positions of the memory, add & norm.
        # TODO: feed-forward network, add & norm.
        raise NotImplementedError
