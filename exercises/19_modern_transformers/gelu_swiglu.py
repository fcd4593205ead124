from __future__ import annotations

import torch


def gelu(x: torch.Tensor, approximate: bool = False) -> torch.Tensor:
    r"""$x \, \Phi(x)$, exactly through erf, or the tanh form of GPT-2. Any shape; the same dtype comes out."""
    # TODO: both forms.
    raise NotImplementedError


def silu(x: torch.Tensor) -> torch.Tensor:
    r"""$x \, \sigma(x)$. Any shape; the same dtype comes out."""
    # TODO: one line.
    raise NotImplementedError


class SwiGLU(torch.nn.Module):
    r"""$W_{down} (\operatorname{silu}(W_{gate} x) \odot W_{up} x)$, without biases."""

    def __init__(self, d_model: int, d_ff: int):
        super().__init__()
        # TODO: the parts w_gate, w_up and w_down.
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., d_model); returns the same shape."""
        # TODO: one line.
        raise NotImplementedError
