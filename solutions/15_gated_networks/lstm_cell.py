"""One step of an LSTM, with PyTorch's layout of the weights."""

from __future__ import annotations

import torch


def lstm_cell(
    x: torch.Tensor,
    state: tuple[torch.Tensor, torch.Tensor],
    w_ih: torch.Tensor,
    w_hh: torch.Tensor,
    b_ih: torch.Tensor,
    b_hh: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    r"""$c' = f \odot c + i \odot g$ and $h' = o \odot \tanh(c')$."""
    h, c = state  # (N, H) each
    i, f, g, o = (x @ w_ih.T + b_ih + h @ w_hh.T + b_hh).chunk(4, dim=1)  # (N, H) each
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)  # (N, H): keep a share, write a share
    h = torch.sigmoid(o) * torch.tanh(c)  # (N, H): show a share
    return h, c
