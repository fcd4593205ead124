"""Training a small GPT on the characters of a text."""

from __future__ import annotations

from typing import Any

import torch

from tutor.mine import GPT, Adam, cosine_warmup


def train_gpt(
    text: str,
    *,
    d_model: int = 64,
    num_heads: int = 4,
    layers: int = 2,
    block: int = 64,
    batch_size: int = 32,
    lr: float = 3e-3,
    steps: int = 1500,
    every: int = 100,
    seed: int = 0,
) -> dict[str, Any]:
    """Train a GPT to predict the next character of a text.

    Args:
        text: the first 90 % train, the rest validates.
        d_model, num_heads, layers: sizes of the model.
        block: how many characters it sees at once.
        batch_size: windows a step.
        lr: the top of the schedule.
        steps: how many steps of AdamW.
        every: steps between two validations.
        seed: of weights and batches.

    Returns:
        "model", "chars": the vocabulary, "train_loss": one float a step, "val_loss": one float a validation.

    Raises:
        ValueError: the validation part holds no whole window.
    """
    chars = sorted(set(text))
    index = {char: i for i, char in enumerate(chars)}
    ids = torch.tensor([index[char] for char in text])  # (len(text),)
    cut = int(0.9 * len(ids))
    train, val = ids[:cut], ids[cut:]
    if len(val) <= block:
        raise ValueError(f"{len(val)} characters to validate hold no window of {block}")
    torch.manual_seed(seed)
    model = GPT(len(chars), d_model, num_heads, layers, block)
    optimizer = Adam(model.parameters(), lr=lr, betas=(0.9, 0.99), weight_decay=0.1, decoupled=True)
    train_loss, val_loss = [], []
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = cosine_warmup(step, steps, steps // 10, lr, lr / 10)
        _, loss = model(*_batch(train, batch_size, block))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        train_loss.append(loss.item())
        if (step + 1) % every == 0 or step + 1 == steps:
            val_loss.append(_validate(model, val, block))
    return {"model": model, "chars": "".join(chars), "train_loss": train_loss, "val_loss": val_loss}


def _batch(ids: torch.Tensor, size: int, block: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Random windows and the same windows one character later: (size, block) each."""
    starts = torch.randint(len(ids) - block, (size, 1))  # (B, 1)
    x = starts + torch.arange(block)  # (B, T) places in the text
    return ids[x], ids[x + 1]


@torch.no_grad()
def _validate(model: torch.nn.Module, ids: torch.Tensor, block: int) -> float:
    """The mean loss over all whole windows, one after the other, each predicting the character after each of its own."""
    n = (len(ids) - 1) // block * block
    x, y = ids[:n].view(-1, block), ids[1 : n + 1].view(-1, block)  # (W, T) each
    model.eval()
    losses = [model(a, b)[1].item() * len(a) for a, b in zip(x.split(64), y.split(64), strict=True)]
    model.train()
    return sum(losses) / len(x)
