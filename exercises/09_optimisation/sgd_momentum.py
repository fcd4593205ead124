"""SGD with momentum, dampening, Nesterov and weight decay."""

from collections.abc import Iterable
from typing import Any

import torch


class SGD:
    r"""Stochastic gradient descent in PyTorch's form.

    For each parameter with gradient $g$:
    $g \leftarrow g + \lambda p$,  $v \leftarrow \mu v + (1 - \tau) g$,  $p \leftarrow p - \eta v$;
    the first $v$ of a parameter is $g$ itself; Nesterov: $p \leftarrow p - \eta (g + \mu v)$.
    """

    def __init__(
        self,
        params: Iterable[torch.nn.Parameter] | Iterable[dict[str, Any]],
        lr: float,
        momentum: float = 0.0,
        dampening: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ):
        """Fill param_groups: a list of dicts, one for each group, with "params" (a list) and all settings by name.

        Args:
            params: the parameters, which are one group then; or dicts, one for each group: "params" and those settings
                that the group has for itself. Perhaps from a generator, in both places. The dicts stay as they are.
            lr: the learning rate, eta; like all that follow, for the groups that have none of their own.
            momentum: mu, how much of the velocity is kept.
            dampening: tau, how much of each later gradient is left out of the velocity.
            nesterov: whether to look ahead; needs a momentum and no dampening, else ValueError.
            weight_decay: lambda, the factor of the L2 penalty's gradient.
        """
        # TODO: refuse nesterov without momentum or with dampening.
        # TODO: make groups of what came as params (a generator can be walked through only once).
        # TODO: fill self.param_groups with a new dict for each group.
        raise NotImplementedError

    def step(self) -> None:
        """Change every parameter that has a gradient in place."""
        # TODO: for each group, for each of its parameters with a gradient: weight decay, velocity, update, all without autograd.
        raise NotImplementedError

    def zero_grad(self) -> None:
        """Clear the gradients of all parameters."""
        # TODO: set every .grad to None (or to zeros).
        raise NotImplementedError
