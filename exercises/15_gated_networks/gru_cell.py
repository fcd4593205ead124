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
    r"""One step of a GRU: $h' = (1 - z) \odot n + z \odot h$.

    $$ r = \sigma(W_r x + b_{ir} + U_r h + b_{hr}) \qquad z = \sigma(W_z x + b_{iz} + U_z h + b_{hz}) $$

    reset_after=True:  $n = \tanh(W_n x + b_{in} + r \odot (U_n h + b_{hn}))$, as in PyTorch;
    reset_after=False: $n = \tanh(W_n x + b_{in} + U_n (r \odot h) + b_{hn})$, as in the paper of 2014.

    x: (N, D); h: (N, H); w_ih: (3H, D), w_hh: (3H, H), b_ih and b_hh: (3H,), rows in the order r, z, n.
    Returns the new state (N, H).
    """
    # TODO: cut the stacked weights (or the products) into the parts r, z and n.
    # TODO: the two gates.
    # TODO: the candidate, by one convention or the other, and the mixture.
    raise NotImplementedError
