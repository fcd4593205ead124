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
        # TODO: make self.param_groups as in your SGD.
        # TODO: prepare what has to be remembered for each parameter.
        raise NotImplementedError

    def step(self) -> None:
        """Change every parameter that has a gradient in place."""
        # TODO: for each group, for each of its parameters with a gradient: weight decay of the right kind, its own t, both averages, update.
        raise NotImplementedError

    def zero_grad(self) -> None:
        """Clear the gradients of all parameters."""
        # TODO: as in your SGD.
        raise NotImplementedError
