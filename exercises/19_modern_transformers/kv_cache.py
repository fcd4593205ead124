from __future__ import annotations

import torch
from torch import nn

from tutor.mine import causal_mask


class CachedAttention(nn.Module):
    """Causal multi-head self-attention that remembers keys and values. Parts: w_q, w_k, w_v, w_o."""

    def __init__(self, d_model: int, num_heads: int, max_len: int):
        """max_len: how many tokens there may be in all. ValueError if num_heads does not divide d_model."""
        super().__init__()
        # TODO: make the parts.
        raise NotImplementedError

    def forward(
        self, x: torch.Tensor, cache: dict[str, torch.Tensor] | None = None
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """x: (N, T, d_model), the new tokens; cache: "k" and "v" (N, H, P, d_h) of the P tokens before, or None.

        Returns the new tokens' output (N, T, d_model) and a new cache of P + T tokens. ValueError beyond max_len.
        """
        # TODO: queries, keys and values of the new tokens; old keys and values in front.
        # TODO: new token i attends to the cache and to new tokens 0 … i.
        raise NotImplementedError
