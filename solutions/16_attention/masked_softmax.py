"""The mask of a padded batch, and the softmax that gives padding no weight."""

from __future__ import annotations

import torch


def sequence_mask(valid_len: torch.Tensor, max_len: int) -> torch.Tensor:
    """True at the first `valid_len` of `max_len` positions.

    valid_len: int64, (N,) or (N, Q). Returns bool, (N, max_len) or (N, Q, max_len), on the same device.
    """
    positions = torch.arange(max_len, device=valid_len.device)  # (max_len,)
    return positions < valid_len[..., None]  # (N, max_len) or (N, Q, max_len)


def masked_softmax(scores: torch.Tensor, valid_len: torch.Tensor | None) -> torch.Tensor:
    """Softmax over the keys (the last axis) in which only the first `valid_len` keys take part.

    The masked scores become the smallest number of the dtype and not -inf: a row of -inf would be 0/0.

    scores: (N, Q, K); valid_len: None (all), int64 (N,) or (N, Q). Returns (N, Q, K): exact zeros behind the valid
    length, and nothing but zeros where the length is 0.
    """
    if valid_len is None:
        return torch.softmax(scores, dim=-1)  # (N, Q, K)
    keep = sequence_mask(valid_len, scores.shape[-1])  # (N, K) or (N, Q, K)
    if valid_len.dim() == 1:
        keep = keep[:, None, :]  # (N, 1, K): all queries of a sample share its length
    masked = scores.masked_fill(~keep, torch.finfo(scores.dtype).min)  # (N, Q, K)
    return torch.softmax(masked, dim=-1).masked_fill(~keep, 0)  # (N, Q, K)
