from __future__ import annotations

import torch
from torch import nn

from tutor.mine import causal_mask, gelu


class GPTBlock(nn.Module):
    r"""$h = x + \text{attention}(\text{ln1}(x))$, $y = h + \text{mlp}(\text{ln2}(h))$, with causal attention.

    Parts: ln1, qkv (queries, keys, values: 3d outputs), proj, ln2, fc1, fc2.
    """

    def __init__(self, d_model: int, num_heads: int, d_ff: int | None = None):
        """d_ff: None is 4 * d_model. ValueError if num_heads does not divide d_model."""
        super().__init__()
        # TODO: check the heads, make the parts.
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, T, d_model); returns the same shape. Token t is made from tokens 0 … t only."""
        # TODO: queries, keys and values of all heads: (N, H, T, d_h).
        # TODO: causal attention, heads side by side, proj; add it to the stream.
        # TODO: the mlp of the normalised stream; add it to the stream.
        raise NotImplementedError
