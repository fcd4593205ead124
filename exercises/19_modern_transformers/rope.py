from __future__ import annotations

import torch


def rope_table(head_dim: int, max_len: int, base: float = 10000.0) -> tuple[torch.Tensor, torch.Tensor]:
    r"""Cosines and sines of the angles $m \theta_i$ with $\theta_i = \text{base}^{-2i/d}$.

    head_dim: d, even, or ValueError. Returns cos, sin: (max_len, head_dim / 2) float32, from angles in float64.
    """
    # TODO: the frequencies, then all angles at once.
    raise NotImplementedError


def apply_rope(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor, offset: int = 0) -> torch.Tensor:
    """Rotate each pair of neighbours (2i, 2i + 1) by the angle of its position, offset + 0, offset + 1, …

    x: (N, H, T, head_dim); cos, sin: (max_len, head_dim / 2). Returns x's shape and dtype; ValueError beyond the table.
    """
    # TODO: take the rows of the positions, rotate the pairs, put them back beside each other.
    raise NotImplementedError
