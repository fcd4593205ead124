"""Multi-head attention: several attentions side by side, each in a slice of the width."""

from __future__ import annotations

import torch
from torch import nn

from tutor.mine import dot_product_attention


class MultiHeadAttention(nn.Module):
    r"""$\text{concat}(\text{head}_1, …, \text{head}_h) \, W_o$; head $i$ attends with columns $i$ of $W_q, W_k, W_v$."""

    def __init__(self, d_model: int, num_heads: int, bias: bool = True, dropout: float = 0.0):
        super().__init__()
        if d_model % num_heads:
            raise ValueError(f"{num_heads} heads cannot share {d_model} columns evenly")
        self.num_heads, self.dropout = num_heads, dropout
        self.w_q = nn.Linear(d_model, d_model, bias)
        self.w_k = nn.Linear(d_model, d_model, bias)
        self.w_v = nn.Linear(d_model, d_model, bias)
        self.w_o = nn.Linear(d_model, d_model, bias)

    def forward(
        self,
        q: torch.Tensor,
        k: torch.Tensor,
        v: torch.Tensor,
        key_valid_len: torch.Tensor | None = None,
        causal: bool = False,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """q: (N, Q, d), k and v: (N, K, d) → output (N, Q, d), weights (N, heads, Q, K)."""
        lengths = _lengths(q, k, key_valid_len, causal)  # None, (N,) or (N, Q)
        if lengths is not None:
            lengths = lengths.repeat_interleave(self.num_heads, dim=0)  # (N·h,) or (N·h, Q), sample by sample
        heads, weights = dot_product_attention(
            self._split(self.w_q(q)),  # (N·h, Q, d/h)
            self._split(self.w_k(k)),  # (N·h, K, d/h)
            self._split(self.w_v(v)),  # (N·h, K, d/h)
            lengths,
            self.dropout,
            self.training,
        )
        return self.w_o(self._merge(heads)), weights.unflatten(0, (-1, self.num_heads))  # (N, Q, d), (N, h, Q, K)

    def _split(self, x: torch.Tensor) -> torch.Tensor:
        """(N, T, d) → (N·h, T, d/h): cut the width, then let heads be further samples."""
        cut = x.unflatten(-1, (self.num_heads, -1))  # (N, T, h, d/h)
        return cut.transpose(1, 2).flatten(0, 1)  # (N·h, T, d/h)

    def _merge(self, heads: torch.Tensor) -> torch.Tensor:
        """(N·h, T, d/h) → (N, T, d): the way back, in the opposite order."""
        apart = heads.unflatten(0, (-1, self.num_heads))  # (N, h, T, d/h)
        return apart.transpose(1, 2).flatten(2)  # (N, T, d)


def _lengths(q: torch.Tensor, k: torch.Tensor, key_valid_len: torch.Tensor | None, causal: bool) -> torch.Tensor | None:
    """How many keys each query sees, from the first one on: both masks are prefixes, and the shorter one counts."""
    if not causal:
        return key_valid_len  # None or (N,)
    n, q_len, k_len = len(q), q.shape[1], k.shape[1]
    if q_len > k_len:
        raise ValueError(f"{q_len} queries cannot be the last of {k_len} positions")
    seen = torch.arange(k_len - q_len + 1, k_len + 1, device=q.device)  # (Q,): query i is position K - Q + i
    if key_valid_len is None:
        return seen.expand(n, q_len)  # (N, Q)
    return torch.minimum(seen, key_valid_len[:, None])  # (N, Q)
