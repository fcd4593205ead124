"""Causal self-attention with a key-value cache: a new token costs one row, not the whole text."""

from __future__ import annotations

import torch
from torch import nn

from tutor.mine import causal_mask


class CachedAttention(nn.Module):
    """Multi-head self-attention of new tokens over a cache and themselves."""

    def __init__(self, d_model: int, num_heads: int, max_len: int):
        """Make the parts.

        Args:
            d_model: width of the tokens.
            num_heads: H, a divisor of d_model.
            max_len: how many tokens there may be, cached ones included.

        Raises:
            ValueError: H does not divide d_model.
        """
        super().__init__()
        if d_model % num_heads:
            raise ValueError(f"{d_model} dimensions cannot be shared evenly among {num_heads} heads")
        self.num_heads, self.max_len = num_heads, max_len
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def forward(
        self, x: torch.Tensor, cache: dict[str, torch.Tensor] | None = None
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """The output of T new tokens (N, T, d), and the cache of all P + T.

        Args:
            x: (N, T, d).
            cache: "k" and "v": (N, H, P, d_h) each, or None when P = 0.

        Raises:
            ValueError: P + T > max_len.
        """
        q, k, v = (self._heads(w(x)) for w in (self.w_q, self.w_k, self.w_v))  # (N, H, T, d_h) each
        if cache is not None:
            k = torch.cat((cache["k"], k), dim=2)  # (N, H, P + T, d_h)
            v = torch.cat((cache["v"], v), dim=2)  # (N, H, P + T, d_h)
        length = k.shape[2]
        if length > self.max_len:
            raise ValueError(f"{length} tokens, but room for {self.max_len}")
        scores = q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5  # (N, H, T, P + T)
        visible = causal_mask(x.shape[1], length).to(x.device)  # (T, P + T)
        weights = scores.masked_fill(~visible, -torch.inf).softmax(dim=-1)  # (N, H, T, P + T)
        merged = (weights @ v).transpose(1, 2).flatten(2)  # (N, T, d)
        return self.w_o(merged), {"k": k, "v": v}

    def _heads(self, x: torch.Tensor) -> torch.Tensor:
        """(N, T, d) → (N, H, T, d_h)."""
        return x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
