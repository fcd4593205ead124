"""Global gradient-norm clipping."""

from __future__ import annotations

from collections.abc import Iterable

import torch


def clip_grad_norm_(params: Iterable[torch.nn.Parameter], max_norm: float, norm_type: float = 2.0) -> torch.Tensor:
    r"""Scale all gradients in place by $\min(1, \theta / (\lVert g \rVert + 10^{-6}))$, one factor for all.

    Args:
        params: perhaps a generator; those whose .grad is None are left out.
        max_norm: $\theta$, the greatest length that stays as it is.
        norm_type: 2.0, 1.0 or inf: which norm.

    Returns:
        The norm of all gradients together before clipping, a 0-d tensor; 0 when there are none.
    """
    # TODO: collect the gradients.
    # TODO: one norm over all of them.
    # TODO: one factor, applied in place to each.
    raise NotImplementedError
