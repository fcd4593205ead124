"""Additive attention: a small network scores every query with every key."""

from __future__ import annotations

import torch
from torch import nn

from tutor.mine import masked_softmax


class AdditiveAttention(nn.Module):
    r"""Attention with the scores $w_v^\top \tanh(W_q q + W_k k)$ (Bahdanau et al. 2015).

    `weights`: (N, Q, K), the attention weights of the last call, to look at: they carry no graph.
    """

    def __init__(self, q_dim: int, k_dim: int, hidden: int, dropout: float = 0.0):
        super().__init__()
        self.w_q = nn.Linear(q_dim, hidden, bias=False)
        self.w_k = nn.Linear(k_dim, hidden, bias=False)
        self.w_v = nn.Linear(hidden, 1, bias=False)
        self.dropout = nn.Dropout(dropout)
        self.weights: torch.Tensor | None = None

    def forward(
        self, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, valid_len: torch.Tensor | None = None
    ) -> torch.Tensor:
        """q: (N, Q, q_dim); k: (N, K, k_dim); v: (N, K, dv); valid_len: None, (N,) or (N, Q). Returns (N, Q, dv)."""
        features = torch.tanh(self.w_q(q)[:, :, None] + self.w_k(k)[:, None])  # (N, Q, K, hidden)
        scores = self.w_v(features).squeeze(-1)  # (N, Q, K)
        weights = masked_softmax(scores, valid_len)  # (N, Q, K)
        self.weights = weights.detach()
        return self.dropout(weights) @ v  # (N, Q, dv)
