"""The whole Transformer: embeddings with positions, encoder, decoder, logits, and greedy decoding with a cache."""

from __future__ import annotations

import torch
from torch import nn

from tutor.mine import DecoderBlock, EncoderBlock, embed_with_positions, sinusoidal_encoding


class Transformer(nn.Module):
    """Encoder and decoder of `layers` blocks each (Vaswani et al. 2017)."""

    pe: torch.Tensor  # (max_len, d_model)

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
        self.src_embed = nn.Embedding(src_vocab, d_model)
        self.tgt_embed = nn.Embedding(tgt_vocab, d_model)
        for embedding in (self.src_embed, self.tgt_embed):
            nn.init.normal_(embedding.weight, std=d_model**-0.5)  # times √d: as large as the positions
        self.register_buffer("pe", sinusoidal_encoding(max_len, d_model), persistent=False)
        self.dropout = nn.Dropout(dropout)
        self.encoder = nn.ModuleList(EncoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(layers))
        self.decoder = nn.ModuleList(DecoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(layers))
        self.out = nn.Linear(d_model, tgt_vocab)

    def encode(self, src: torch.Tensor, src_len: torch.Tensor) -> torch.Tensor:
        """(N, S), (N,) → (N, S, d_model)."""
        x = self.dropout(embed_with_positions(src, self.src_embed.weight, self.pe))  # (N, S, d_model)
        for block in self.encoder:
            x = block(x, src_len)  # (N, S, d_model)
        return x

    def forward(self, src: torch.Tensor, src_len: torch.Tensor, tgt_in: torch.Tensor) -> torch.Tensor:
        """(N, S), (N,), (N, T) → logits (N, T, tgt_vocab): one pass, all positions of the target at once."""
        logits, _ = self._decode(tgt_in, self.encode(src, src_len), src_len, [None] * len(self.decoder))
        return logits

    def _decode(
        self, tokens: torch.Tensor, memory: torch.Tensor, src_len: torch.Tensor, caches: list[torch.Tensor | None]
    ) -> tuple[torch.Tensor, list[torch.Tensor | None]]:
        """Logits (N, T, tgt_vocab) of T tokens that follow on what is in the caches, and the longer caches."""
        offset = 0 if caches[0] is None else caches[0].shape[1]
        y = self.dropout(embed_with_positions(tokens, self.tgt_embed.weight, self.pe, offset))  # (N, T, d_model)
        longer: list[torch.Tensor | None] = []
        for block, cache in zip(self.decoder, caches, strict=True):
            y, new = block(y, memory, src_len, cache)  # (N, T, d_model), (N, offset + T, d_model)
            longer.append(new)
        return self.out(y), longer  # (N, T, tgt_vocab)

    @torch.no_grad()
    def greedy(self, src: torch.Tensor, src_len: torch.Tensor, bos: int, eos: int, max_len: int) -> torch.Tensor:
        """(N, S), (N,) → int64 (N, L), L <= max_len: the likeliest token at every step; after <eos> only <eos>."""
        training = self.training
        self.eval()
        memory = self.encode(src, src_len)  # (N, S, d_model), once
        token = torch.full((len(src), 1), bos, device=src.device)  # (N, 1)
        ended = torch.zeros_like(token, dtype=torch.bool)  # (N, 1)
        caches: list[torch.Tensor | None] = [None] * len(self.decoder)
        found: list[torch.Tensor] = []
        while len(found) < max_len and not ended.all():
            logits, caches = self._decode(token, memory, src_len, caches)  # (N, 1, tgt_vocab)
            token = logits.argmax(-1).masked_fill(ended, eos)  # (N, 1)
            ended |= token == eos
            found.append(token)
        self.train(training)
        return torch.cat(found, 1)  # (N, L)
