"""One step of a GRU, by PyTorch's convention or the original one."""

from __future__ import annotations

import torch


def gru_cell(
    x: torch.Tensor,
    h: torch.Tensor,
    w_ih: torch.Tensor,
    w_hh: torch.Tensor,
    b_ih: torch.Tensor,
    b_hh: torch.Tensor,
    reset_after: bool = True,
) -> torch.Tensor:
    r"""$h' = (1 - z) \odot n + z \odot h$ with the reset gate behind the matrix of the candidate, or before it."""
    x_r, x_z, x_n = (x @ w_ih.T + b_ih).chunk(3, dim=1)  # (N, H) each: what the input says to r, z and n
    u_r, u_z, u_n = w_hh.chunk(3)  # (H, H) each
    b_r, b_z, b_n = b_hh.chunk(3)  # (H,) each
    r = torch.sigmoid(x_r + h @ u_r.T + b_r)  # (N, H): how much of the past the candidate may see
    z = torch.sigmoid(x_z + h @ u_z.T + b_z)  # (N, H): how much of the state stays
    if reset_after:
        past = r * (h @ u_n.T + b_n)  # (N, H)
    else:
        past = (r * h) @ u_n.T + b_n  # (N, H)
    n = torch.tanh(x_n + past)  # (N, H): the candidate
    return (1 - z) * n + z * h
