from __future__ import annotations

import torch
from torch import nn

from tutor.mine import GPTBlock


class GPT(nn.Module):
    """Token and position embeddings, blocks, a last norm, and the token embedding once more as the output layer.

    Parts: tok, pos, blocks, ln_f. Weights start as N(0, 0.02²), biases as 0.
    """

    def __init__(self, vocab: int, d_model: int, num_heads: int, layers: int, max_len: int):
        super().__init__()
        # TODO: make the parts and draw their weights.
        raise NotImplementedError

    def forward(
        self, ids: torch.Tensor, targets: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """ids, targets: int64 (N, T), T <= max_len or ValueError. Returns logits (N, T, V), mean loss or None."""
        # TODO: embed, go through the blocks, normalise, compare with every embedding.
        # TODO: the loss, if there are targets; they are shifted already.
        raise NotImplementedError

    def generate(
        self,
        ids: torch.Tensor,
        n: int,
        temperature: float = 1.0,
        top_k: int | None = None,
        generator: torch.Generator | None = None,
    ) -> torch.Tensor:
        """Append n drawn tokens to ids (N, T); returns (N, T + n). Temperature 0 takes the likeliest."""
        # TODO: n times: logits of the last position, filter, draw, append. Without gradients, in evaluation mode.
        raise NotImplementedError
