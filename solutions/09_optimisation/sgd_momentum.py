"""SGD with momentum, dampening, Nesterov and weight decay."""

from collections.abc import Iterable

import torch


class SGD:
    r"""Stochastic gradient descent in PyTorch's form.

    For each parameter with gradient $g$:
    $g \leftarrow g + \lambda p$,  $v \leftarrow \mu v + (1 - \tau) g$,  $p \leftarrow p - \eta v$;
    the first $v$ of a parameter is $g$ itself; Nesterov: $p \leftarrow p - \eta (g + \mu v)$.
    """

    def __init__(
        self,
        params: Iterable[torch.nn.Parameter],
        lr: float,
        momentum: float = 0.0,
        dampening: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ):
        """Keep the parameters and the settings; lr is public, so that a schedule can change it.

        Args:
            params: the parameters, perhaps from a generator.
            lr: the learning rate, eta.
            momentum: mu, how much of the velocity is kept.
            dampening: tau, how much of each later gradient is left out of the velocity.
            nesterov: whether to look ahead; needs a momentum and no dampening, else ValueError.
            weight_decay: lambda, the factor of the L2 penalty's gradient.
        """
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("nesterov needs a momentum and no dampening")
        self.params = list(params)
        self.lr, self.momentum, self.dampening = lr, momentum, dampening
        self.nesterov, self.weight_decay = nesterov, weight_decay
        self.velocity: dict[torch.nn.Parameter, torch.Tensor] = {}  # filled by each parameter's first gradient

    @torch.no_grad()
    def step(self) -> None:
        """Change every parameter that has a gradient in place."""
        for p in self.params:
            if p.grad is None:
                continue
            g = p.grad + self.weight_decay * p  # the shape of p; a new tensor: p.grad stays
            if self.momentum:
                v = self.velocity.get(p)
                v = g if v is None else self.momentum * v + (1 - self.dampening) * g
                self.velocity[p] = v
                g = g + self.momentum * v if self.nesterov else v
            p -= self.lr * g

    def zero_grad(self) -> None:
        """Clear the gradients of all parameters."""
        for p in self.params:
            p.grad = None
