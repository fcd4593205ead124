"""Capstone: a Transformer learns to translate."""

from __future__ import annotations

from typing import Any

import torch

from tutor.mine import Adam, Transformer, Vocab, build_arrays, cosine_warmup, masked_cross_entropy, shift_right

RESERVED = ["<pad>", "<bos>", "<eos>"]


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

    Args:
        pairs: (source tokens, target tokens).
        num_steps: sentences are cut or padded to this length, <eos> included.
        d_model: width of the model; its feed-forward networks are twice as wide.
        num_heads: heads of every attention.
        layers: blocks on each side.
        dropout: the model's.
        lr: the largest learning rate.
        warmup: the share of all steps in which the learning rate climbs.
        batch_size: pairs a step; the last batch may be smaller.
        epochs: passes over all pairs.
        seed: of torch's global generator, before the model is made.

    Returns:
        {"model", "src_vocab", "tgt_vocab", "loss": the mean loss of a token, one float an epoch}.
    """
    sources, targets = ([list(pair[side]) for pair in pairs] for side in (0, 1))
    src_vocab, tgt_vocab = Vocab(sources, reserved=RESERVED), Vocab(targets, reserved=RESERVED)
    src, src_len = map(torch.from_numpy, build_arrays(sources, src_vocab, num_steps))  # (N, T), (N,)
    answers, answer_len = build_arrays(targets, tgt_vocab, num_steps)  # (N, T), (N,)
    tgt_in = torch.from_numpy(shift_right(answers, tgt_vocab["<bos>"]))  # (N, T)
    tgt, tgt_len = torch.from_numpy(answers), torch.from_numpy(answer_len)  # (N, T), (N,)

    torch.manual_seed(seed)
    model = Transformer(len(src_vocab), len(tgt_vocab), d_model, num_heads, 2 * d_model, layers, dropout)
    model.train()
    optimizer = Adam(model.parameters(), lr=lr, betas=(0.9, 0.98))
    group = optimizer.param_groups[0]
    total, step = epochs * -(-len(pairs) // batch_size), 0
    history: list[float] = []
    for _ in range(epochs):
        summed = 0.0
        for rows in torch.randperm(len(pairs)).split(batch_size):  # (B,)
            group["lr"] = cosine_warmup(step, total, int(warmup * total), lr)
            logits = model(src[rows], src_len[rows], tgt_in[rows])  # (B, T, V)
            loss = masked_cross_entropy(logits, tgt[rows], tgt_len[rows])  # 0-d
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            summed += loss.item() * int(tgt_len[rows].sum())
            step += 1
        history.append(summed / int(tgt_len.sum()))
    return {"model": model, "src_vocab": src_vocab, "tgt_vocab": tgt_vocab, "loss": history}
