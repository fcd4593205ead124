"""A GRU that reads a sentence and a GRU that writes its translation."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class Encoder(nn.Module):
    """Embeds the source and reads it to its last valid token."""

    def __init__(self, vocab: int, emb: int, hidden: int, layers: int = 1, dropout: float = 0.0):
        super().__init__()
        self.embedding = nn.Embedding(vocab, emb)
        self.rnn = nn.GRU(emb, hidden, layers, batch_first=True, dropout=dropout)

    def forward(self, x: torch.Tensor, valid_len: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(N, T) → outputs (N, T, H), zeros beyond the valid length, and h (layers, N, H) at its end."""
        e = self.embedding(x)  # (N, T, E)
        packed = pack_padded_sequence(e, valid_len.cpu(), batch_first=True, enforce_sorted=False)
        out, h = self.rnn(packed)  # h: (layers, N, H)
        outputs, _ = pad_packed_sequence(out, batch_first=True, total_length=x.shape[1])  # (N, T, H)
        return outputs, h


class Decoder(nn.Module):
    """Writes the target, with the encoder's last state beside every word that it reads."""

    def __init__(self, vocab: int, emb: int, hidden: int, layers: int = 1, dropout: float = 0.0):
        super().__init__()
        self.embedding = nn.Embedding(vocab, emb)
        self.rnn = nn.GRU(emb + hidden, hidden, layers, batch_first=True, dropout=dropout)
        self.dense = nn.Linear(hidden, vocab)

    def init_state(self, enc: tuple[torch.Tensor, torch.Tensor], valid_len: torch.Tensor) -> Any:
        """The encoder's h (layers, N, H) to start from, and its top layer (N, H) as the context."""
        _, h = enc
        return h, h[-1]

    def forward(self, y_in: torch.Tensor, state: Any) -> tuple[torch.Tensor, Any]:
        """(N, T') → logits (N, T', V), and the state after the last token."""
        h, context = state
        repeated = context.unsqueeze(1).expand(-1, y_in.shape[1], -1)  # (N, T', H)
        read = torch.cat([self.embedding(y_in), repeated], dim=-1)  # (N, T', E + H)
        out, h = self.rnn(read, h)  # (N, T', H)
        return self.dense(out), (h, context)
