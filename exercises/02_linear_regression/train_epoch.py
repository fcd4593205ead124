"""A generic PyTorch training epoch."""

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
    # TODO: switch the model to training mode.
    # TODO: for each batch: clear, forward, backward, step.
    # TODO: weight each batch loss by its number of samples, as a plain number.
    raise NotImplementedError
