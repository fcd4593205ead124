"""Knowledge distillation: soft targets at a temperature, mixed with hard labels."""

from __future__ import annotations

import torch
import torch.nn.functional as F


def distillation_loss(
    student: torch.Tensor, teacher: torch.Tensor, labels: torch.Tensor, T: float = 4.0, alpha: float = 0.9
) -> torch.Tensor:
    r"""$\alpha T^2 \, \mathrm{KL}(\mathrm{softmax}(t/T) \Vert \mathrm{softmax}(z/T)) + (1 - \alpha) \, \mathrm{CE}(z, y)$.

    Args:
        student: (N, C) logits z.
        teacher: (N, C) logits t; no gradient flows to them.
        labels: (N,) int64.
        T: the temperature of both soft distributions.
        alpha: the weight of the teacher.

    Returns:
        A 0-d tensor; both terms are means over the batch (Hinton, Vinyals & Dean 2015).
    """
    logq = F.log_softmax(student / T, dim=1)  # (N, C)
    logp = F.log_softmax(teacher.detach() / T, dim=1)  # (N, C)
    soft = (logp.exp() * (logp - logq)).sum(dim=1).mean()  # (): T² makes up for the gradient's 1/T²
    hard = F.cross_entropy(student, labels)  # (): at temperature 1
    return alpha * T**2 * soft + (1 - alpha) * hard
