from __future__ import annotations

import torch
from torch import nn

from tutor.mine import dot_product_attention


class MultiHeadAttention(nn.Module):
    r"""$\text{concat}(\text{head}_1, …, \text{head}_h) \, W_o$; head $i$ attends in its own d_model / h columns.

    Parts: w_q, w_k, w_v, w_o, each nn.Linear(d_model, d_model).
    """

    def __init__(self, d_model: int, num_heads: int, bias: bool = True, dropout: float = 0.0):
        super().__init__()
        # TODO: refuse a d_model that the heads cannot share evenly; make the four linear layers.
        raise NotImplementedError

    def forward(
        self,
        q: torch.Tensor,
        k: torch.Tensor,
        v: torch.Tensor,
        key_valid_len: torch.Tensor | None = None,
        causal: bool = False,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """All heads at once.

        q: (N, Q, d_model), k and v: (N, K, d_model); key_valid_len: None or int64 (N,).
        causal: query i is position K - Q + i, and sees no key at a later position.
        Returns the output (N, Q, d_model) and the weights before dropout (N, num_heads, Q, K).
        """
        # TODO: project, cut the width into heads, attend with both masks, put the heads together, w_o.
        raise NotImplementedError
