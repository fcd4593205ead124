"""Cross-entropy of the tokens that are no padding."""

from __future__ import annotations

import torch
import torch.nn.functional as F


def masked_cross_entropy(logits: torch.Tensor, target: torch.Tensor, valid_len: torch.Tensor) -> torch.Tensor:
    r"""$\frac{1}{M} \sum_n \sum_{t < \ell_n} -\log p_{nt, y_{nt}}$; padding is left out before anything is computed."""
    steps = torch.arange(target.shape[1], device=target.device)  # (T,)
    mask = steps < valid_len[:, None]  # (N, T), True where a token counts
    total = F.cross_entropy(logits[mask], target[mask], reduction="sum")  # of (M, V) and (M,)
    return total / mask.sum().clamp(min=1)
