"""Sinusoidal positional encoding, and embeddings that know where they stand."""

from __future__ import annotations

import torch


def sinusoidal_encoding(max_len: int, d_model: int) -> torch.Tensor:
    r"""$P_{i,2j} = \sin(i / 10000^{2j/d})$ and $P_{i,2j+1} = \cos(i / 10000^{2j/d})$ as float32 (max_len, d_model)."""
    position = torch.arange(max_len)[:, None]  # (max_len, 1)
    even = torch.arange(0, d_model, 2, dtype=torch.float64)  # (⌈d/2⌉,): the columns 2j
    angle = position / 10000 ** (even / d_model)  # (max_len, ⌈d/2⌉) in float64: float32 angles of 10000 are off by 5e-4
    table = torch.empty(max_len, d_model)  # (max_len, d_model) in float32: rounded once, where it is filled
    table[:, ::2] = angle.sin()
    table[:, 1::2] = angle[:, : d_model // 2].cos()  # an odd width ends with a sine that has no partner
    return table


def embed_with_positions(ids: torch.Tensor, weight: torch.Tensor, pe: torch.Tensor, offset: int = 0) -> torch.Tensor:
    r"""Rows of `weight` times $\sqrt{d}$, plus the encoding of positions offset, offset + 1, ….

    Args:
        ids: int64 (N, T).
        weight: (V, d), the embedding matrix.
        pe: (max_len, d).
        offset: the position of ids[:, 0].

    Returns:
        (N, T, d) in the dtype of `weight`.
    """
    length, d = ids.shape[1], weight.shape[1]
    if offset < 0 or offset + length > len(pe):
        raise ValueError(f"positions {offset} to {offset + length - 1} are not all in a table of {len(pe)}")
    return weight[ids] * d**0.5 + pe[offset : offset + length].to(weight.dtype)  # (N, T, d) + (T, d)
