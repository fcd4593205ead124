"""One SGD step in PyTorch."""

from collections.abc import Iterable

import torch


def sgd_step(params: Iterable[torch.nn.Parameter], lr: float) -> None:
    r"""Change every parameter in place: $p \leftarrow p - \eta\,\partial L/\partial p$.

    Args:
        params: leaf parameters, perhaps from a generator; those whose .grad is None are skipped.
        lr: the learning rate.
    """
    # TODO: switch off gradient tracking.
    # TODO: for each parameter with a gradient, subtract lr times its gradient in place.
    raise NotImplementedError
