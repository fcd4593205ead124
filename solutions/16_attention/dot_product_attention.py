"""Scaled dot-product attention."""

from __future__ import annotations

import math

import torch

from tutor.mine import masked_softmax


def dot_product_attention(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    valid_len: torch.Tensor | None = None,
    dropout: float = 0.0,
    training: bool = False,
    generator: torch.Generator | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    r"""$\operatorname{softmax}(Q K^\top / \sqrt{d}) \, V$, with the softmax over the valid keys.

    q: (N, Q, d); k: (N, K, d); v: (N, K, dv); valid_len: None, int64 (N,) or (N, Q). dropout: the probability to drop
    a weight, in training only. Returns (output: (N, Q, dv), weights before dropout: (N, Q, K)).
    """
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (N, Q, K), with a spread of about 1
    weights = masked_softmax(scores, valid_len)  # (N, Q, K), rows sum to 1
    used = weights
    if training and dropout > 0:
        keep = torch.rand(weights.shape, generator=generator, device=weights.device) >= dropout  # (N, Q, K)
        used = weights * keep / (1 - dropout)  # (N, Q, K)
    return used @ v, weights  # (N, Q, dv), (N, Q, K)
