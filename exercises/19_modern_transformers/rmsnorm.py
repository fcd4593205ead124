from __future__ import annotations

import torch


class RMSNorm(torch.nn.Module):
    r"""$y = x / \sqrt{\text{mean}(x^2) + \varepsilon} \cdot w$, row by row: LayerNorm without mean and without shift."""

    def __init__(self, dim: int, eps: float = 1e-6):
        """Start with `weight`: (dim,) ones, a parameter.

        dim: length of the last axis; eps: added to the mean square, under the root.
        """
        super().__init__()
        # TODO: remember eps and make the weight.
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., dim), any float dtype; returns the same shape and dtype. Half precision is computed in float32."""
        # TODO: divide by the root mean square of each row, scale, cast back.
        raise NotImplementedError
