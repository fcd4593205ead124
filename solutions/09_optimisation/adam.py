"""Adam and AdamW."""

from collections.abc import Iterable
from typing import Any

import torch


class Adam:
    r"""Adam (Kingma & Ba 2015), and AdamW (Loshchilov & Hutter 2019) when decoupled.

    For each parameter at its own step $t = 1, 2, \dots$ with gradient $g$:
    $m \leftarrow \beta_1 m + (1 - \beta_1) g$,  $v \leftarrow \beta_2 v + (1 - \beta_2) g^2$,
    $p \leftarrow p - \eta \hat m / (\sqrt{\hat v} + \epsilon)$ with $\hat m = m / (1 - \beta_1^t)$, $\hat v = v / (1 - \beta_2^t)$.
    """

    def __init__(
        self,
        params: Iterable[torch.nn.Parameter] | Iterable[dict[str, Any]],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        decoupled: bool = False,
    ):
        r"""Fill param_groups: a list of dicts, one for each group, with "params" (a list) and all settings by name.

        Args:
            params: the parameters, which are one group then; or dicts, one for each group: "params" and those settings
                that the group has for itself. Perhaps from a generator, in both places. The dicts stay as they are.
            lr: the learning rate, eta; like all that follow, for the groups that have none of their own.
            betas: how much of the past the averages of g and of g squared keep.
            eps: added to the root in the denominator.
            weight_decay: lambda.
            decoupled: False adds $\lambda p$ to the gradient (Adam); True shrinks p by $1 - \eta\lambda$ first (AdamW).
        """
        defaults = dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, decoupled=decoupled)
        groups = list(params)
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        self.param_groups = [{**defaults, **group, "params": list(group["params"])} for group in groups]
        self.state: dict[torch.nn.Parameter, tuple[int, Any, Any]] = {}  # t, m, v of each

    @torch.no_grad()
    def step(self) -> None:
        """Change every parameter that has a gradient in place."""
        for group in self.param_groups:
            lr, (beta1, beta2) = group["lr"], group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                g = p.grad  # the shape of p, as all that follows
                if group["decoupled"]:
                    p *= 1 - lr * group["weight_decay"]
                else:
                    g = g + group["weight_decay"] * p  # a new tensor: p.grad stays
                t, m, v = self.state.get(p, (0, 0, 0))
                t, m, v = t + 1, beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
                self.state[p] = t, m, v  # raw: the corrected averages are only for reading
                m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
                p -= lr * m_hat / (v_hat.sqrt() + group["eps"])

    def zero_grad(self) -> None:
        """Clear the gradients of all parameters."""
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = None
