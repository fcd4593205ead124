"""Low-rank factorisation of a dense layer by its singular value decomposition."""

from __future__ import annotations

import torch
from torch import nn


def low_rank_linear(lin: torch.nn.Linear, rank: int) -> torch.nn.Sequential:
    r"""Two thin layers in place of one: $W x + b \approx B (A x) + b$ with $B A$ the closest matrix of this rank.

    Args:
        lin: weight (n_out, n_in), with or without bias.
        rank: 1 … min(n_in, n_out).

    Returns:
        Linear(n_in, rank, bias=False) and Linear(rank, n_out), of lin's dtype and device.

    Raises:
        ValueError: there is no such rank.
    """
    W = lin.weight.detach()  # (n_out, n_in)
    n_out, n_in = W.shape
    if not 1 <= rank <= min(n_in, n_out):
        raise ValueError(f"a weight of {n_out} × {n_in} has no rank {rank}")
    U, S, Vh = torch.linalg.svd(W, full_matrices=False)  # (n_out, k), (k,), (k, n_in) with k = min(n_in, n_out)
    like = {"dtype": W.dtype, "device": W.device}
    first = nn.Linear(n_in, rank, bias=False, **like)
    last = nn.Linear(rank, n_out, bias=lin.bias is not None, **like)
    root = S[:rank].sqrt()  # (rank,): half of each singular value on either side keeps both layers of one size
    with torch.no_grad():
        first.weight.copy_(root[:, None] * Vh[:rank])  # (rank, n_in)
        last.weight.copy_(U[:, :rank] * root)  # (n_out, rank)
        if lin.bias is not None:
            last.bias.copy_(lin.bias)  # (n_out,)
    return nn.Sequential(first, last)


def rank_for_energy(weight: torch.Tensor, energy: float) -> int:
    r"""The smallest $r \ge 1$ with $\sum_{i \le r} \sigma_i^2 \ge \mathrm{energy} \cdot \sum_i \sigma_i^2$."""
    reached = torch.cumsum(torch.linalg.svdvals(weight) ** 2, dim=0)  # (k,), ascending
    return 1 + int((reached < energy * reached[-1]).sum())


def worthwhile_rank(n_in: int, n_out: int) -> int:
    """The largest r with r (n_in + n_out) < n_in n_out: two layers then have fewer weights than one."""
    return (n_in * n_out - 1) // (n_in + n_out)
