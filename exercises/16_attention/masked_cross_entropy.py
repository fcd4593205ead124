from __future__ import annotations

import torch


def masked_cross_entropy(logits: torch.Tensor, target: torch.Tensor, valid_len: torch.Tensor) -> torch.Tensor:
    r"""$\frac{1}{M} \sum_n \sum_{t < \ell_n} -\log p_{nt, y_{nt}}$, the mean over the $M = \sum_n \ell_n$ valid tokens.

    logits: (N, T, V); target: int64 (N, T); valid_len: int64 (N,), 0 … T. Returns a 0-d tensor; 0 if nothing is valid.
    """
    # TODO: which places count, as a boolean (N, T)?
    # TODO: the cross-entropy of these alone, divided by how many they are.
    raise NotImplementedError
