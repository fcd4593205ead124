"""Learning-rate schedules."""

import math  # cos and pi


def inverse_time(lr0: float, decay: float, epoch: int) -> float:
    r"""Return $\eta_0 / (1 + \text{decay} \cdot \text{epoch})$, with epoch = 0, 1, 2, …"""
    # TODO: one line.
    raise NotImplementedError


def step_decay(lr0: float, gamma: float, step_size: int, epoch: int) -> float:
    r"""Return $\eta_0 \gamma^{\lfloor \text{epoch} / \text{step\_size} \rfloor}$: a factor gamma every step_size epochs."""
    # TODO: one line.
    raise NotImplementedError


def cosine_warmup(step: int, total: int, warmup: int, lr_max: float, lr_min: float = 0.0) -> float:
    r"""Climb to lr_max in `warmup` equal parts, then follow half a cosine down to lr_min at `total`, and stay there.

    Args:
        step: 0, 1, 2, …, also beyond total.
        total: the step at which lr_min is reached.
        warmup: how many steps climb, 0 <= warmup <= total; step 0 gives lr_max / warmup.
        lr_max: the top.
        lr_min: the end.
    """
    # TODO: the climb.
    # TODO: the end.
    # TODO: the cosine between, with the progress counted from the end of the climb.
    raise NotImplementedError


def noam(step: int, d_model: int, warmup: int, factor: float = 1.0) -> float:
    r"""Return $\text{factor} \cdot d^{-1/2} \min(n^{-1/2}, n \cdot \text{warmup}^{-3/2})$ with $n = \text{step} + 1$."""
    # TODO: one or two lines.
    raise NotImplementedError
