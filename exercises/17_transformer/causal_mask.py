from __future__ import annotations

import torch

from tutor.mine import sequence_mask


def causal_mask(q_len: int, k_len: int | None = None) -> torch.Tensor:
    """Bool (q_len, k_len), True where the query may look at the key; k_len = q_len unless given.

    The queries are the last `q_len` of `k_len` positions: query i is position k_len - q_len + i.
    """
    # TODO: a triangle that ends at the bottom right; no more queries than keys.
    raise NotImplementedError


def combine_masks(causal: torch.Tensor | None, key_valid_len: torch.Tensor | None, k_len: int) -> torch.Tensor | None:
    """What both masks allow, in a shape that broadcasts to (N, heads, q_len, k_len); None without any mask.

    causal: None or bool (q_len, k_len); key_valid_len: None or int64 (N,).
    """
    # TODO: make the valid keys a mask with axes for heads and queries; a key must pass both masks.
    raise NotImplementedError
