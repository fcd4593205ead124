"""One SGD step in PyTorch."""

from collections.abc import Iterable

import torch


def sgd_step(params: Iterable[torch.nn.Parameter], lr: float) -> None:
    r"""Change every parameter in place: $p \leftarrow p - \eta\,\partial L/\partial p$.

    Args:
        params: leaf parameters, perhaps from a generator; those whose .grad is None are skipped.
        lr: the learning rate.
    """
    with torch.no_grad():  # the update is not part of the model
        for p in params:
            if p.grad is not None:
                p -= lr * p.grad  # the shape of p; in place, so everyone who holds p sees it
