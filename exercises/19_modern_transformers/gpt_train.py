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
    """Train a GPT to predict the next character of a text: 90 % to train, the rest to validate.

    Returns {"model", "chars": sorted characters, "train_loss": one float a step, "val_loss": one float a validation},
    with a validation after every `every` steps and after the last. ValueError if no window fits the validation part.
    """
    # TODO: characters to tokens; split; model and optimiser.
    # TODO: each step: random windows, loss, gradients, a step with the learning rate of the schedule.
    # TODO: the validation: whole windows one after the other, mean loss.
    raise NotImplementedError
