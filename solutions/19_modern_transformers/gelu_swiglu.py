"""Smooth activations, and the gated feed-forward layer (Hendrycks & Gimpel 2016, Shazeer 2020)."""

from __future__ import annotations

import math

import torch
from torch import nn


def gelu(x: torch.Tensor, approximate: bool = False) -> torch.Tensor:
    r"""$x \, \Phi(x)$: x times the probability that a standard normal number is below x.

    Args:
        x: any shape.
        approximate: the tanh form of GPT-2, off by up to 4.8e-4.

    Returns:
        x's shape and dtype.
    """
    if approximate:
        return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))


def silu(x: torch.Tensor) -> torch.Tensor:
    r"""$x \, \sigma(x)$, also called swish; x's shape and dtype."""
    return x * torch.sigmoid(x)


class SwiGLU(torch.nn.Module):
    r"""$W_{down} (\operatorname{silu}(W_{gate} x) \odot W_{up} x)$, without biases."""

    def __init__(self, d_model: int, d_ff: int):
        super().__init__()
        self.w_gate = nn.Linear(d_model, d_ff, bias=False)
        self.w_up = nn.Linear(d_model, d_ff, bias=False)
        self.w_down = nn.Linear(d_ff, d_model, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., d_model) → (..., d_model)."""
        return self.w_down(silu(self.w_gate(x)) * self.w_up(x))  # (..., d_ff) inside
