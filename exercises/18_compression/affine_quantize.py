"""Affine int8 quantisation."""

from __future__ import annotations

import torch


def choose_qparams(
    x: torch.Tensor, bits: int = 8, symmetric: bool = False, axis: int | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    r"""Scale (float32) and zero point (int32) for the range of x, which is extended to include 0.

    Affine: $s = (hi - lo) / (2^b - 1)$, $z = q_{min} - \mathrm{round}(lo / s)$. Symmetric: $s = \max|x| / q_{max}$, $z = 0$.
    axis: None gives tensors of shape (), an axis of length C tensors of shape (C,). bits outside 2 … 8: ValueError.
    """
    # TODO: the range, over all entries or over all axes but one; 0 belongs to it.
    # TODO: scale, never 0; zero point, a whole number that fits.
    raise NotImplementedError


def quantize(
    x: torch.Tensor, scale: torch.Tensor, zero_point: torch.Tensor, bits: int = 8, axis: int | None = None
) -> torch.Tensor:
    r"""$\mathrm{clamp}(\mathrm{round}(x / s) + z, -2^{b-1}, 2^{b-1} - 1)$ as int8, of the shape of x."""
    # TODO: round, shift, clamp, and only then cast.
    raise NotImplementedError


def dequantize(q: torch.Tensor, scale: torch.Tensor, zero_point: torch.Tensor, axis: int | None = None) -> torch.Tensor:
    r"""$s \, (q - z)$ as float32, of the shape of q."""
    # TODO: mind the dtype of the difference.
    raise NotImplementedError
