"""Distillation loss."""

from __future__ import annotations

import torch


def distillation_loss(
    student: torch.Tensor, teacher: torch.Tensor, labels: torch.Tensor, T: float = 4.0, alpha: float = 0.9
) -> torch.Tensor:
    r"""$\alpha T^2 \, \mathrm{KL}(\mathrm{softmax}(t/T) \Vert \mathrm{softmax}(z/T)) + (1 - \alpha) \, \mathrm{CE}(z, y)$.

    student: (N, C) logits $z$; teacher: (N, C) logits $t$, no gradient flows to them; labels: (N,) int64.
    Both terms are means over the batch. Returns a 0-d tensor.
    """
    # TODO: log-probabilities of both at temperature T, without a graph for the teacher.
    # TODO: the Kullback-Leibler divergence, teacher first: a sum over classes, a mean over the batch.
    # TODO: mix it with the cross-entropy of the labels.
    raise NotImplementedError
