from __future__ import annotations

from typing import Any

import torch
from torch import nn

from tutor.mine import AdditiveAttention


class AttentionDecoder(nn.Module):
    r"""A GRU that reads $[c_t, e(y_t)]$, where $c_t$ is what the state before step $t$ finds in the encoder's outputs.

    Parts: embedding, attention, rnn, dense; `attention_weights`: a list of (N, T), one a step of the last call.
    """

    def __init__(self, vocab: int, emb: int, hidden: int, layers: int = 1, dropout: float = 0.0):
        super().__init__()
        # TODO: make the parts.
        raise NotImplementedError

    def init_state(self, enc: tuple[torch.Tensor, torch.Tensor], valid_len: torch.Tensor) -> list[Any]:
        """enc: outputs (N, T, H) and h (layers, N, H) of the encoder; valid_len: (N,), lengths of the sources."""
        # TODO: everything that a step needs, as a list.
        raise NotImplementedError

    def forward(self, y_in: torch.Tensor, state: list[Any]) -> tuple[torch.Tensor, list[Any]]:
        """y_in: int64 (N, T'). Returns the logits, (N, T', vocab), and a new list: the state after the last token."""
        # TODO: start a new list of attention weights.
        # TODO: for each token: ask with the top layer's state, read context and embedding, keep the weights.
        # TODO: logits of all steps, and the next state.
        raise NotImplementedError
