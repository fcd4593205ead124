"""A generic PyTorch training epoch."""

import math
from collections.abc import Callable, Iterable

import torch


def train_epoch(
    model: torch.nn.Module,
    loader: Iterable[tuple[torch.Tensor, torch.Tensor]],
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    optimizer: torch.optim.Optimizer,
) -> float:
    r"""Train the model for one epoch: one step of the optimizer for each batch.

    Args:
        model: any module.
        loader: yields (X, y), each with the samples along the first axis; the last batch may be shorter.
        loss_fn: loss_fn(prediction, y) gives the mean loss of a batch, shape ().
        optimizer: holds the model's parameters.

    Returns:
        The mean loss over all samples, $\sum_k n_k L_k / \sum_k n_k$; nan when there is no batch.
    """
    model.train()
    total, count = 0.0, 0
    for X, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(X), y)  # ()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(X)  # a number: the graph of this batch may go
        count += len(X)
    return total / count if count else math.nan
