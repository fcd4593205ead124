from __future__ import annotations

import torch
from torch import nn

from tutor.mine import masked_softmax


class AdditiveAttention(nn.Module):
    r"""Attention with the scores $w_v^\top \tanh(W_q q + W_k k)$.

    Parts: w_q, w_k, w_v, linear layers without bias; `weights`: (N, Q, K), of the last call.
    """

    def __init__(self, q_dim: int, k_dim: int, hidden: int, dropout: float = 0.0):
        super().__init__()
        # TODO: make the parts.
        raise NotImplementedError

    def forward(
        self, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, valid_len: torch.Tensor | None = None
    ) -> torch.Tensor:
        """q: (N, Q, q_dim); k: (N, K, k_dim); v: (N, K, dv); valid_len: None, (N,) or (N, Q). Returns (N, Q, dv)."""
        # TODO: the hidden layer of every query with every key.
        # TODO: one score for each pair, then the weights; keep them in self.weights.
        # TODO: mix the values; in training with some weights dropped.
        raise NotImplementedError
