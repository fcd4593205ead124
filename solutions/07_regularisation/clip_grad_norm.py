"""Gradient clipping by the global norm: one length, one factor, the direction kept."""

from __future__ import annotations

from collections.abc import Iterable

import torch


def clip_grad_norm_(params: Iterable[torch.nn.Parameter], max_norm: float, norm_type: float = 2.0) -> torch.Tensor:
    r"""Scale all gradients in place by $\min(1, \theta / (\lVert g \rVert + 10^{-6}))$; return $\lVert g \rVert$."""
    grads = [p.grad for p in params if p.grad is not None]
    if not grads:
        return torch.tensor(0.0)
    norms = torch.stack([torch.linalg.vector_norm(g, norm_type) for g in grads])  # (number of gradients,)
    total = torch.linalg.vector_norm(norms, norm_type)  # (): the norm of the norms is the norm of all entries
    scale = torch.clamp(max_norm / (total + 1e-6), max=1.0)  # (): short gradients stay
    for g in grads:
        g.mul_(scale)
    return total
