from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tutor.mine import Embedding, cross_entropy, rnn_backward, rnn_forward, sequential_batches


def train_char_rnn(
    ids: np.ndarray,
    vocab_size: int,
    *,
    embed: int = 32,
    hidden: int = 256,
    batch_size: int = 32,
    num_steps: int = 35,
    epochs: int = 300,
    lr: float = 1.0,
    clip: float = 1.0,
    rng: np.random.Generator,
) -> dict[str, Any]:
    r"""A recurrent language model, trained by plain descent with clipped gradients on sequential batches.

    ids: (L,) whole numbers 0 … vocab_size-1. Epoch e starts at offset e % num_steps and with the state zero; the state goes
    on from batch to batch. rng: for the weights alone.
    Returns {"params": E (V, D), Wx (D, H), Wh (H, H), b (H,), Wo (H, V), bo (V,), all float32,
    "train_ppl": one float an epoch}.
    """
    # TODO: the start: a table, three matrices, two biases.
    # TODO: one batch: forward, loss, the six gradients, the last state.
    # TODO: each epoch: for every batch such a step, gradients clipped together; then the perplexity.
    raise NotImplementedError


def generate(params: dict[str, np.ndarray], prefix: Sequence[int], n: int) -> list[int]:
    """The n characters that the network writes behind the prefix, the most likely one each time.

    params: as train_char_rnn returns them; prefix: at least one id, else ValueError. Returns n Python ints.
    """
    # TODO: read the prefix and keep the state; then choose, read, choose, …
    raise NotImplementedError
