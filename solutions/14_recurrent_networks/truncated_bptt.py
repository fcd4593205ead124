"""Truncated backpropagation through time: the state goes on, the gradient does not."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import torch
import torch.nn.functional as F

from tutor.mine import clip_grad_norm_


def detach_state(state: Any) -> Any:
    """The same state without its history: None, a tensor, or a (nested) tuple, list or dict of these."""
    if state is None:
        return None
    if isinstance(state, torch.Tensor):
        return state.detach()
    if isinstance(state, dict):
        return {key: detach_state(value) for key, value in state.items()}
    return type(state)([detach_state(value) for value in state])


def tbptt_epoch(
    model: torch.nn.Module,
    batches: Iterable[tuple[torch.Tensor, torch.Tensor]],
    optimizer: torch.optim.Optimizer,
    clip: float,
    carry_state: bool,
) -> float:
    r"""One epoch; returns exp of the mean loss over all its tokens, nan without batches."""
    model.train()
    state, rows = None, None
    total = 0.0  # nats
    tokens = 0
    for X, Y in batches:  # (N, T) each
        if not carry_state or len(X) != rows:
            state = None
        rows = len(X)
        logits, state = model(X, detach_state(state))  # (N, T, V), whatever the model remembers
        loss = F.cross_entropy(logits.flatten(0, 1), Y.flatten())  # (N·T, V) against (N·T,)
        optimizer.zero_grad()
        loss.backward()
        clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        total += loss.item() * Y.numel()
        tokens += Y.numel()
    return math.exp(total / tokens) if tokens else math.nan
