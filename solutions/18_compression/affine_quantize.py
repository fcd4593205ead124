"""Affine quantisation to at most eight bits, per tensor or per channel."""

from __future__ import annotations

import torch


def choose_qparams(
    x: torch.Tensor, bits: int = 8, symmetric: bool = False, axis: int | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    r"""Scale and zero point for the range of x, which always includes 0.

    Affine: $s = (hi - lo) / (2^b - 1)$, $z = q_{min} - \mathrm{round}(lo / s)$. Symmetric: $s = \max|x| / q_{max}$, $z = 0$.

    Args:
        x: float, any shape.
        bits: 2 … 8, else ValueError.
        symmetric: whether 0 lies in the middle of the marks.
        axis: None for one pair, else a pair for each index along it.

    Returns:
        (scale, zero_point): float32 and int32, of shape () or (C,).
    """
    qmin, qmax = _marks(bits)
    dims = [d for d in range(x.ndim) if axis is None or d != axis % x.ndim]
    lo = x.float().amin(dims).clamp(max=0)  # () or (C,); 0 must be exact: padding, ReLU, pruned weights
    hi = x.float().amax(dims).clamp(min=0)  # () or (C,)
    span, steps = (torch.maximum(-lo, hi), qmax) if symmetric else (hi - lo, qmax - qmin)
    scale = (span / steps).clamp(min=torch.finfo(torch.float32).tiny)  # () or (C,)
    if symmetric:
        return scale, torch.zeros_like(scale, dtype=torch.int32)
    return scale, (qmin - torch.round(lo / scale)).clamp(qmin, qmax).to(torch.int32)


def quantize(
    x: torch.Tensor, scale: torch.Tensor, zero_point: torch.Tensor, bits: int = 8, axis: int | None = None
) -> torch.Tensor:
    """To the nearest mark, halves to the even one; what lies outside ends at the last mark. int8, of the shape of x."""
    qmin, qmax = _marks(bits)
    scale, zero_point = _along(scale, x.ndim, axis), _along(zero_point, x.ndim, axis)
    q = torch.round(x.float() / scale) + zero_point  # the shape of x, still floats
    return q.clamp(qmin, qmax).to(torch.int8)


def dequantize(q: torch.Tensor, scale: torch.Tensor, zero_point: torch.Tensor, axis: int | None = None) -> torch.Tensor:
    """Back to float32: (q - z) · s."""
    scale, zero_point = _along(scale, q.ndim, axis), _along(zero_point, q.ndim, axis)
    return (q.float() - zero_point) * scale  # the shape of q; a difference in int8 would wrap around


def _marks(bits: int) -> tuple[int, int]:
    """The first and the last whole number of so many bits."""
    if not 2 <= bits <= 8:
        raise ValueError(f"{bits} bits: 2 to 8 fit into int8")
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def _along(values: torch.Tensor, ndim: int, axis: int | None) -> torch.Tensor:
    """(C,) to the shape that broadcasts along this axis; () stays."""
    return values if axis is None else values.reshape([-1 if d == axis % ndim else 1 for d in range(ndim)])
