"""The block that GPT-2 repeats: pre-norm causal attention, pre-norm mlp, both added to the stream."""

from __future__ import annotations

import torch
from torch import nn

from tutor.mine import causal_mask, gelu


class GPTBlock(nn.Module):
    r"""$h = x + \text{attention}(\text{ln1}(x))$, $y = h + \text{mlp}(\text{ln2}(h))$ (Radford et al. 2019)."""

    def __init__(self, d_model: int, num_heads: int, d_ff: int | None = None):
        """Make the parts.

        Args:
            d_model: d, the width of the residual stream.
            num_heads: H.
            d_ff: width of the mlp; None is 4 d.

        Raises:
            ValueError: H does not divide d.
        """
        super().__init__()
        if d_model % num_heads:
            raise ValueError(f"{d_model} dimensions cannot be shared evenly among {num_heads} heads")
        d_ff = 4 * d_model if d_ff is None else d_ff
        self.num_heads = num_heads
        self.ln1 = nn.LayerNorm(d_model)
        self.qkv = nn.Linear(d_model, 3 * d_model)
        self.proj = nn.Linear(d_model, d_model)
        self.ln2 = nn.LayerNorm(d_model)
        self.fc1 = nn.Linear(d_model, d_ff)
        self.fc2 = nn.Linear(d_ff, d_model)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, T, d) → (N, T, d); token t is made from tokens 0 … t only."""
        x = x + self._attention(self.ln1(x))  # (N, T, d)
        return x + self.fc2(gelu(self.fc1(self.ln2(x))))  # (N, T, d_ff) inside

    def _attention(self, x: torch.Tensor) -> torch.Tensor:
        n, t, d = x.shape
        heads = self.qkv(x).view(n, t, 3, self.num_heads, d // self.num_heads)  # (N, T, 3, H, d_h)
        q, k, v = heads.permute(2, 0, 3, 1, 4)  # (N, H, T, d_h) each
        scores = q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5  # (N, H, T, T)
        visible = causal_mask(t).to(x.device)  # (T, T)
        weights = scores.masked_fill(~visible, -torch.inf).softmax(dim=-1)  # (N, H, T, T), rows sum to 1
        return self.proj((weights @ v).transpose(1, 2).reshape(n, t, d))  # (N, T, d)
