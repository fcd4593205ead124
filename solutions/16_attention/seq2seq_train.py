"""A translator: an encoder, a decoder with attention, and the training of both."""

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
    """Learn to translate from pairs (source tokens, target tokens); "loss" has the mean token loss of each epoch."""
    torch.manual_seed(seed)
    sources, targets = [source for source, _ in pairs], [target for _, target in pairs]
    src_vocab, tgt_vocab = (Vocab(side, reserved=["<pad>", "<bos>", "<eos>"]) for side in (sources, targets))
    src, tgt = build_arrays(sources, src_vocab, num_steps), build_arrays(targets, tgt_vocab, num_steps)
    x, x_len = map(torch.from_numpy, src)  # (N, T), (N,)
    y, y_len = map(torch.from_numpy, tgt)  # (N, T), (N,)
    y_in = torch.from_numpy(shift_right(tgt[0], tgt_vocab["<bos>"]))  # (N, T)
    encoder, decoder = Encoder(len(src_vocab), emb, hidden), AttentionDecoder(len(tgt_vocab), emb, hidden)
    model = nn.ModuleDict({"encoder": encoder, "decoder": decoder})
    params = list(model.parameters())
    optimizer = Adam(params, lr)
    history = []
    for _ in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(pairs)).split(batch_size):  # (B,) row numbers
            state = decoder.init_state(encoder(x[rows], x_len[rows]), x_len[rows])
            logits, _ = decoder(y_in[rows], state)  # (B, T, V)
            loss = masked_cross_entropy(logits, y[rows], y_len[rows])
            optimizer.zero_grad()
            loss.backward()
            clip_grad_norm_(params, 1.0)
            optimizer.step()
            total += loss.item() * y_len[rows].sum().item()
        history.append(total / y_len.sum().item())
    return {"model": model, "src_vocab": src_vocab, "tgt_vocab": tgt_vocab, "num_steps": num_steps, "loss": history}


@torch.no_grad()
def translate(result: dict[str, Any], sentence: list[str], beam: int = 1) -> tuple[list[str], np.ndarray]:
    """The best translation by beam search, and the attention (len(tokens), S) of each token to source and <eos>."""
    encoder, decoder = result["model"]["encoder"], result["model"]["decoder"]
    vocab, num_steps = result["tgt_vocab"], result["num_steps"]
    bos, eos = vocab["<bos>"], vocab["<eos>"]
    x, x_len = map(torch.from_numpy, build_arrays([sentence], result["src_vocab"], num_steps))  # (1, T), (1,)
    outputs, h = encoder(x, x_len)  # (1, T, H), (1, 1, H)

    def read(prefixes: list[tuple[int, ...]]) -> torch.Tensor:
        """The logits (B, L, V) of B prefixes of L tokens."""
        n = len(prefixes)
        state = decoder.init_state((outputs.expand(n, -1, -1), h.repeat(1, n, 1)), x_len.expand(n))
        logits, _ = decoder(torch.tensor(prefixes), state)
        return logits

    def step(prefixes: list[tuple[int, ...]]) -> np.ndarray:
        return torch.log_softmax(read(prefixes)[:, -1], dim=-1).numpy()  # (B, V)

    best, _ = beam_search(step, bos, eos, beam, num_steps)[0]
    ids = [i for i in best if i != eos]
    if not ids:
        return [], np.zeros((0, int(x_len)), np.float32)
    read([(bos, *ids[:-1])])
    attention = torch.cat(list(decoder.attention_weights))[:, : int(x_len)]  # (len(ids), S)
    return vocab.to_tokens(ids), attention.numpy()
