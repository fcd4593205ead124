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
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("nesterov needs a momentum and no dampening")
        defaults = dict(lr=lr, momentum=momentum, dampening=dampening, nesterov=nesterov, weight_decay=weight_decay)
        groups = list(params)
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        self.param_groups = [{**defaults, **group, "params": list(group["params"])} for group in groups]
        self.velocity: dict[torch.nn.Parameter, torch.Tensor] = {}  # filled by each parameter's first gradient

    @torch.no_grad()
    def step(self) -> None:
        """Change every parameter that has a gradient in place."""
        for group in self.param_groups:
            momentum = group["momentum"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                g = p.grad + group["weight_decay"] * p  # the shape of p; a new tensor: p.grad stays
                if momentum:
                    v = self.velocity.get(p)
                    v = g if v is None else momentum * v + (1 - group["dampening"]) * g
                    self.velocity[p] = v
                    g = g + momentum * v if group["nesterov"] else v
                p -= group["lr"] * g

    def zero_grad(self) -> None:
        """Clear the gradients of all parameters."""
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = None
