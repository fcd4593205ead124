from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from tutor.mine import (
    Adam,
    AttentionDecoder,
    Encoder,
    Vocab,
    beam_search,
    build_arrays,
    clip_grad_norm_,
    masked_cross_entropy,
    shift_right,
)


def train_seq2seq(
    pairs: list[tuple[list[str], list[str]]],
    *,
    num_steps: int = 10,
    emb: int = 64,
    hidden: int = 128,
    lr: float = 5e-3,
    batch_size: int = 64,
    epochs: int = 40,
    seed: int = 0,
) -> dict[str, Any]:
    """Learn to translate from pairs (source tokens, target tokens).

    Returns a dict with "model" (an nn.ModuleDict of "encoder" and "decoder"), "src_vocab", "tgt_vocab", "loss" (one
    float an epoch, the mean over its target tokens), and whatever `translate` needs besides.
    """
    # TODO: seed; vocabularies; arrays of sources, shifted targets and targets.
    # TODO: encoder, decoder, Adam.
    # TODO: for each epoch a new order of the pairs; for each batch one clipped step.
    raise NotImplementedError


def translate(result: dict[str, Any], sentence: list[str], beam: int = 1) -> tuple[list[str], np.ndarray]:
    """The best translation by beam search, and the attention of each of its tokens: float32 (len(tokens), S).

    S: the number of the source's tokens with its <eos>. The tokens are without <bos> and <eos>.
    """
    # TODO: encode the sentence.
    # TODO: search, with a function from prefixes to log-probabilities.
    # TODO: the attention for the tokens that were found.
    raise NotImplementedError
