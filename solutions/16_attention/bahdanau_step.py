"""A decoder that looks back at the source before every word."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from tutor.mine import AdditiveAttention


class AttentionDecoder(nn.Module):
    r"""A GRU that reads $[c_t, e(y_t)]$, where $c_t$ is what the state before step $t$ finds in the encoder's outputs.

    `attention_weights`: a list of (N, T), one a step of the last call.
    """

    def __init__(self, vocab: int, emb: int, hidden: int, layers: int = 1, dropout: float = 0.0):
        super().__init__()
        self.embedding = nn.Embedding(vocab, emb)
        self.attention = AdditiveAttention(hidden, hidden, hidden, dropout)
        self.rnn = nn.GRU(hidden + emb, hidden, layers, batch_first=True, dropout=dropout if layers > 1 else 0.0)
        self.dense = nn.Linear(hidden, vocab)
        self.attention_weights: list[torch.Tensor] = []

    def init_state(self, enc: tuple[torch.Tensor, torch.Tensor], valid_len: torch.Tensor) -> list[Any]:
        """The memory (N, T, H), the state to start from (layers, N, H), the lengths of the sources (N,)."""
        outputs, h = enc
        return [outputs, h, valid_len]

    def forward(self, y_in: torch.Tensor, state: list[Any]) -> tuple[torch.Tensor, list[Any]]:
        """y_in: int64 (N, T'). Returns the logits, (N, T', vocab), and a new list: the state after the last token."""
        outputs, h, valid_len = state
        self.attention_weights = []
        states = []
        for x in self.embedding(y_in).unbind(1):  # (N, E)
            query = h[-1][:, None]  # (N, 1, H): the state before this step
            context = self.attention(query, outputs, outputs, valid_len)  # (N, 1, H)
            out, h = self.rnn(torch.cat((context, x[:, None]), dim=-1), h)  # (N, 1, H), (layers, N, H)
            states.append(out)
            self.attention_weights.append(self.attention.weights[:, 0])  # (N, T)
        return self.dense(torch.cat(states, dim=1)), [outputs, h, valid_len]  # (N, T', V)
