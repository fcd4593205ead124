from __future__ import annotations

import torch


def sequence_mask(valid_len: torch.Tensor, max_len: int) -> torch.Tensor:
    """True at the first `valid_len` of `max_len` positions.

    valid_len: int64, (N,) or (N, Q). Returns bool, (N, max_len) or (N, Q, max_len), on the same device.
    """
    # TODO: compare the positions 0 … max_len - 1 with each length.
    raise NotImplementedError


def masked_softmax(scores: torch.Tensor, valid_len: torch.Tensor | None) -> torch.Tensor:
    """Softmax over the keys (the last axis) in which only the first `valid_len` keys take part.

    scores: (N, Q, K); valid_len: None (all), int64 (N,) or (N, Q). Returns (N, Q, K): exact zeros behind the valid
    length, and nothing but zeros where the length is 0.
    """
    # TODO: without lengths, it is the softmax.
    # TODO: bring the mask to a shape that meets the scores, and mask them before the softmax.
    # TODO: rows with nothing to attend to become zeros.
    raise NotImplementedError
