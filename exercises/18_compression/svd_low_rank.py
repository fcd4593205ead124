"""Factorise a dense layer."""

from __future__ import annotations

import torch


def low_rank_linear(lin: torch.nn.Linear, rank: int) -> torch.nn.Sequential:
    r"""Linear(n_in, rank, bias=False), then Linear(rank, n_out) with lin's bias; $B A$ is the best matrix of this rank.

    rank: 1 … min(n_in, n_out), else ValueError. The layers have lin's dtype and device, and memory of their own.
    """
    # TODO: decompose lin.weight, (n_out, n_in), and keep the parts of the largest singular values.
    # TODO: two new layers, filled with them.
    raise NotImplementedError


def rank_for_energy(weight: torch.Tensor, energy: float) -> int:
    r"""The smallest $r \ge 1$ whose first r squared singular values make up this fraction of all of them."""
    # TODO: running sums of the squares.
    raise NotImplementedError


def worthwhile_rank(n_in: int, n_out: int) -> int:
    """The largest rank at which two layers have fewer weights than one; 0 if there is none."""
    # TODO: in whole numbers.
    raise NotImplementedError
