"""Rotary position embedding (Su et al. 2021), with neighbours as pairs."""

from __future__ import annotations

import torch


def rope_table(head_dim: int, max_len: int, base: float = 10000.0) -> tuple[torch.Tensor, torch.Tensor]:
    r"""Cosines and sines of the angles $m \theta_i$ with $\theta_i = \text{base}^{-2i/d}$.

    Args:
        head_dim: d, the number of dimensions of a head.
        max_len: how many positions m = 0, 1, …
        base: of the frequencies; a larger one makes the slowest pair turn more slowly.

    Returns:
        cos, sin: (max_len, head_dim / 2) float32.

    Raises:
        ValueError: head_dim is odd.
    """
    if head_dim % 2:
        raise ValueError(f"pairs need an even number of dimensions, not {head_dim}")
    exponents = torch.arange(0, head_dim, 2, dtype=torch.float64) / head_dim  # (d/2,), 2i/d
    angles = torch.outer(torch.arange(max_len, dtype=torch.float64), base**-exponents)  # (max_len, d/2)
    return angles.cos().float(), angles.sin().float()


def apply_rope(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor, offset: int = 0) -> torch.Tensor:
    """Rotate each pair of neighbours by the angle of its position.

    Args:
        x: (N, H, T, head_dim).
        cos: (max_len, head_dim / 2).
        sin: (max_len, head_dim / 2).
        offset: the position of x[:, :, 0].

    Returns:
        (N, H, T, head_dim), the dtype of x.

    Raises:
        ValueError: the table has no row for the last position.
    """
    end = offset + x.shape[2]
    if end > len(cos):
        raise ValueError(f"position {end - 1} lies beyond the table of {len(cos)}")
    wide = x.to(torch.promote_types(x.dtype, torch.float32))  # (N, H, T, d)
    a, b = wide[..., ::2], wide[..., 1::2]  # (N, H, T, d/2) each
    c, s = cos[offset:end].to(wide), sin[offset:end].to(wide)  # (T, d/2) each
    pairs = torch.stack((a * c - b * s, a * s + b * c), dim=-1)  # (N, H, T, d/2, 2)
    return pairs.flatten(-2).to(x.dtype)  # (N, H, T, d)
