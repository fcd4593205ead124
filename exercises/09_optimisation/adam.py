"""Adam and AdamW."""

from collections.abc import Iterable

import torch


class Adam:
    r"""Adam (Kingma & Ba 2015), and AdamW (Loshchilov & Hutter 2019) when decoupled.

    For each parameter at its own step $t = 1, 2, \dots$ with gradient $g$:
    $m \leftarrow \beta_1 m + (1 - \beta_1) g$,  $v \leftarrow \beta_2 v + (1 - \beta_2) g^2$,
    $p \leftarrow p - \eta \hat m / (\sqrt{\hat v} + \epsilon)$ with $\hat m = m / (1 - \beta_1^t)$, $\hat v = v / (1 - \beta_2^t)$.
    """

    def __init__(
        self,
        params: Iterable[torch.nn.Parameter],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        decoupled: bool = False,
    ):
        r"""Keep the parameters and the settings; lr is public, so that a schedule can change it.

        Args:
            params: the parameters, perhaps from a generator.
            lr: the learning rate, eta.
            betas: how much of the past the averages of g and of g squared keep.
            eps: added to the root in the denominator.
            weight_decay: lambda.
            decoupled: False adds $\lambda p$ to the gradient (Adam); True shrinks p by $1 - \eta\lambda$ first (AdamW).
        """
        # TODO: keep the parameters and the settings.
        raise NotImplementedError

    def step(self) -> None:
        """Change every parameter that has a gradient in place."""
        # TODO: for each parameter with a gradient: weight decay of the right kind, its own t, both averages, update.
        raise NotImplementedError

    def zero_grad(self) -> None:
        """Clear the gradients of all parameters."""
        # TODO: as in your SGD.
        raise NotImplementedError
