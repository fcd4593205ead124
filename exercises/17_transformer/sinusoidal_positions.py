from __future__ import annotations

import torch


def sinusoidal_encoding(max_len: int, d_model: int) -> torch.Tensor:
    r"""Float32 (max_len, d_model): $P_{i,2j} = \sin(i / 10000^{2j/d})$, $P_{i,2j+1} = \cos(i / 10000^{2j/d})$."""
    # TODO: the angles of all positions and frequencies in float64; sines and cosines in turn.
    raise NotImplementedError


def embed_with_positions(ids: torch.Tensor, weight: torch.Tensor, pe: torch.Tensor, offset: int = 0) -> torch.Tensor:
    r"""Rows of `weight` times $\sqrt{d}$, plus the rows of `pe` from `offset` on.

    ids: int64 (N, T); weight: (V, d); pe: (max_len, d); returns (N, T, d) in the dtype of weight.
    """
    # TODO: refuse positions that are not in the table; look up, scale, add.
    raise NotImplementedError
