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
    r"""One step of an LSTM: $c' = f \odot c + i \odot g$ and $h' = o \odot \tanh(c')$.

    Each of i, f, g, o is made from $W x + b_{ih} + U h + b_{hh}$ with its own rows of the weights; i, f and o by the
    sigmoid, g by tanh.

    x: (N, D); state: (h, c), (N, H) each; w_ih: (4H, D), w_hh: (4H, H), b_ih and b_hh: (4H,), rows in the order
    i, f, g, o. Returns the new (h, c).
    """
    # TODO: one product for the input, one for the state, both biases; cut the sum into i, f, g, o.
    # TODO: the new cell, and what the output gate shows of it.
    raise NotImplementedError
