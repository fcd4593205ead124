from __future__ import annotations

from typing import Any

import torch
from torch import nn


class Encoder(nn.Module):
    """Reads the source sentences. Parts: embedding, rnn."""

    def __init__(self, vocab: int, emb: int, hidden: int, layers: int = 1, dropout: float = 0.0):
        super().__init__()
        # TODO: an embedding and a GRU with batch_first=True.
        raise NotImplementedError

    def forward(self, x: torch.Tensor, valid_len: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """x: (N, T), valid_len: (N,); returns outputs (N, T, H), 0 beyond valid_len, and h (layers, N, H).

        h: the state of every layer after the last valid token.
        """
        # TODO: the GRU has to stop at the end of each sentence.
        raise NotImplementedError


class Decoder(nn.Module):
    """Writes the translation. Parts: embedding, rnn, dense."""

    def __init__(self, vocab: int, emb: int, hidden: int, layers: int = 1, dropout: float = 0.0):
        super().__init__()
        # TODO: an embedding, a GRU that reads [embedding, context], a linear layer to the vocabulary.
        raise NotImplementedError

    def init_state(self, enc: tuple[torch.Tensor, torch.Tensor], valid_len: torch.Tensor) -> Any:
        """The first state, from what the encoder returned; valid_len: (N,), of the source."""
        # TODO: where the GRU starts, and the context, which is the top layer of it.
        raise NotImplementedError

    def forward(self, y_in: torch.Tensor, state: Any) -> tuple[torch.Tensor, Any]:
        """y_in: (N, T'); returns logits (N, T', vocab) and the state after the last token."""
        # TODO: the context at every step, the GRU from the state, logits.
        raise NotImplementedError
