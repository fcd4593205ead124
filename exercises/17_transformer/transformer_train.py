from __future__ import annotations

from typing import Any

import torch

from tutor.mine import Adam, Transformer, Vocab, build_arrays, cosine_warmup, masked_cross_entropy, shift_right


def train_transformer(
    pairs: list[tuple[list[str], list[str]]],
    *,
    num_steps: int = 10,
    d_model: int = 64,
    num_heads: int = 4,
    layers: int = 2,
    dropout: float = 0.1,
    lr: float = 2e-3,
    warmup: float = 0.1,
    batch_size: int = 64,
    epochs: int = 30,
    seed: int = 0,
) -> dict[str, Any]:
    """Teacher forcing with Adam, warm-up and cosine.

    pairs: (source tokens, target tokens). Returns {"model", "src_vocab", "tgt_vocab", "loss": one float an epoch}.
    """
    # TODO: a vocabulary for each side; arrays of indices; what the decoder sees, and what it has to say.
    # TODO: seed torch; make the model and Adam with betas (0.9, 0.98).
    # TODO: each epoch: all pairs in a new order, in batches; for each the learning rate, loss, gradient and step.
    # TODO: the mean loss of a token over the epoch.
    raise NotImplementedError
