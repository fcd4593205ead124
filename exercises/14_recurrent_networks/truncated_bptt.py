from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch

from tutor.mine import clip_grad_norm_


def detach_state(state: Any) -> Any:
    """The same state without its history.

    state: None, a tensor, or a tuple, list or dict of states, nested as you like. Returns the same structure with the
    same values, in which no tensor requires a gradient; the state that was passed stays as it is.
    """
    # TODO: one case for each kind; containers call detach_state for what they hold.
    raise NotImplementedError


def tbptt_epoch(
    model: torch.nn.Module,
    batches: Iterable[tuple[torch.Tensor, torch.Tensor]],
    optimizer: torch.optim.Optimizer,
    clip: float,
    carry_state: bool,
) -> float:
    r"""One epoch of truncated backpropagation through time.

    model: (X, state) → (logits (N, T, V), state); batches: (X, Y), int64 (N, T), Y the next tokens; clip: greatest
    norm of all gradients; carry_state: whether a batch goes on where the one before ended (sequential sampling).
    A batch with another N than the one before starts from None, too.
    Returns the perplexity over all tokens of the epoch, nan without batches.
    """
    # TODO: training mode.
    # TODO: each batch: the state to start from, forward, mean loss over the tokens, backward, clip, step.
    # TODO: add up the losses as plain numbers, each weighted by its tokens.
    raise NotImplementedError
