"""Learning-rate schedules."""

import math


def inverse_time(lr0: float, decay: float, epoch: int) -> float:
    r"""Return $\eta_0 / (1 + \text{decay} \cdot \text{epoch})$, with epoch = 0, 1, 2, …"""
    return lr0 / (1 + decay * epoch)


def step_decay(lr0: float, gamma: float, step_size: int, epoch: int) -> float:
    r"""Return $\eta_0 \gamma^{\lfloor \text{epoch} / \text{step\_size} \rfloor}$: a factor gamma every step_size epochs."""
    return lr0 * gamma ** (epoch // step_size)


def cosine_warmup(step: int, total: int, warmup: int, lr_max: float, lr_min: float = 0.0) -> float:
    r"""Climb to lr_max in `warmup` equal parts, then follow half a cosine down to lr_min at `total`, and stay there.

    Args:
        step: 0, 1, 2, …, also beyond total.
        total: the step at which lr_min is reached.
        warmup: how many steps climb, 0 <= warmup <= total; step 0 gives lr_max / warmup.
        lr_max: the top.
        lr_min: the end.
    """
    if step < warmup:
        return lr_max * (step + 1) / warmup
    if step >= total:  # before the cosine: with total == warmup there is none
        return lr_min
    progress = (step - warmup) / (total - warmup)  # 0 at the top, 1 at total
    return lr_min + (lr_max - lr_min) * (1 + math.cos(math.pi * progress)) / 2


def noam(step: int, d_model: int, warmup: int, factor: float = 1.0) -> float:
    r"""Return $\text{factor} \cdot d^{-1/2} \min(n^{-1/2}, n \cdot \text{warmup}^{-3/2})$ with $n = \text{step} + 1$."""
    n = step + 1
    return factor * d_model**-0.5 * min(n**-0.5, n * warmup**-1.5)  # n * warmup^-1.5 is the smaller while n < warmup
