from __future__ import annotations

import torch

from tutor.mine import masked_softmax


def dot_product_attention(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    valid_len: torch.Tensor | None = None,
    dropout: float = 0.0,
    training: bool = False,
    generator: torch.Generator | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    r"""$\operatorname{softmax}(Q K^\top / \sqrt{d}) \, V$, with the softmax over the valid keys.

    q: (N, Q, d); k: (N, K, d); v: (N, K, dv); valid_len: None, int64 (N,) or (N, Q). dropout: the probability to drop
    a weight, in training only. Returns (output: (N, Q, dv), weights before dropout: (N, Q, K)).
    """
    # TODO: the scores of all queries for all keys, scaled.
    # TODO: the weights.
    # TODO: in training, drop some of them for the output.
    # TODO: mix the values.
    raise NotImplementedError
