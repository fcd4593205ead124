"""Boolean masks of attention: True is a key that a query may look at."""

from __future__ import annotations

import torch

from tutor.mine import sequence_mask


def causal_mask(q_len: int, k_len: int | None = None) -> torch.Tensor:
    """(q_len, k_len), True on and below the diagonal that ends at the bottom right.

    The queries are the last `q_len` of `k_len` positions: query i is position k_len - q_len + i.
    """
    k_len = q_len if k_len is None else k_len
    if k_len < q_len:
        raise ValueError(f"{q_len} queries cannot be the last of {k_len} positions")
    everything = torch.ones(q_len, k_len, dtype=torch.bool)  # (q_len, k_len)
    return everything.tril(diagonal=k_len - q_len)  # (q_len, k_len)


def combine_masks(causal: torch.Tensor | None, key_valid_len: torch.Tensor | None, k_len: int) -> torch.Tensor | None:
    """What both masks allow, ready to broadcast to (N, heads, q_len, k_len); None where there is no mask.

    Args:
        causal: None or bool (q_len, k_len).
        key_valid_len: None or int64 (N,), how many keys of each sample are no padding.
        k_len: number of keys.
    """
    if key_valid_len is None:
        return causal  # None or (q_len, k_len)
    valid = sequence_mask(key_valid_len, k_len)[:, None, None, :]  # (N, 1, 1, k_len)
    return valid if causal is None else valid & causal  # (N, 1, 1 or q_len, k_len)
