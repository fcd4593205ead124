from __future__ import annotations

import torch
from torch import nn

from tutor.mine import DecoderBlock, EncoderBlock, embed_with_positions, sinusoidal_encoding


class Transformer(nn.Module):
    r"""Embeddings with positions, `layers` encoder blocks, `layers` decoder blocks, logits.

    Parts: src_embed, tgt_embed, dropout, encoder, decoder (both nn.ModuleList), out.
    """

    def __init__(
        self,
        src_vocab: int,
        tgt_vocab: int,
        d_model: int = 64,
        num_heads: int = 4,
        d_ff: int = 128,
        layers: int = 2,
        dropout: float = 0.1,
        max_len: int = 128,
    ):
        super().__init__()
        # TODO: two embeddings, drawn with standard deviation d_model**-0.5; the table of positions as a buffer.
        # TODO: the dropout for both, the blocks, and the linear layer that gives logits.
        raise NotImplementedError

    def encode(self, src: torch.Tensor, src_len: torch.Tensor) -> torch.Tensor:
        """src: (N, S) int64; src_len: (N,) int64; returns the memory (N, S, d_model)."""
        # TODO: embed, drop, go through the encoder blocks.
        raise NotImplementedError

    def forward(self, src: torch.Tensor, src_len: torch.Tensor, tgt_in: torch.Tensor) -> torch.Tensor:
        """tgt_in: (N, T) int64, begins with <bos>; returns logits (N, T, tgt_vocab)."""
        # TODO: encode; embed the target, drop, go through the decoder blocks; logits.
        raise NotImplementedError

    def greedy(self, src: torch.Tensor, src_len: torch.Tensor, bos: int, eos: int, max_len: int) -> torch.Tensor:
        """Return int64 (N, L): each row's likeliest tokens one by one, after its <eos> only <eos>.

        L is max_len, or less when every row has ended before.
        """
        # TODO: evaluation mode, no gradients, and afterwards the mode that was set before.
        # TODO: encode once; then token by token, each at its own position, with one cache a block, until all rows have ended.
        raise NotImplementedError
