"""Unstructured magnitude pruning, and training with masks."""

from __future__ import annotations

import torch


def magnitude_masks(
    weights: dict[str, torch.Tensor], sparsity: float, scope: str = "global"
) -> dict[str, torch.Tensor]:
    """Bool masks, True = kept: round(sparsity * n) weights of the smallest magnitude are removed, the first of equals first.

    weights: name -> float tensor of any shape; sparsity: in [0, 1), else ValueError.
    scope: "global" ranks all weights together, "layer" each tensor for itself; another word is a ValueError.
    """
    # TODO: refuse what is not allowed.
    # TODO: rank by magnitude, with a stable sort, and remove exactly as many as asked.
    raise NotImplementedError


class MaskedSGD:
    r"""SGD with momentum, $v \leftarrow \mu v + g$, $p \leftarrow p - \eta v$, that keeps pruned entries exactly 0.

    params: name -> parameter, all that is trained; masks: name -> bool tensor, for some of them.
    """

    def __init__(
        self,
        params: dict[str, torch.nn.Parameter],
        masks: dict[str, torch.Tensor],
        lr: float,
        momentum: float = 0.0,
    ):
        # TODO: remember everything, and set the pruned entries to 0 in place.
        raise NotImplementedError

    def step(self) -> None:
        """Change every parameter that has a gradient in place; .grad stays as it is."""
        # TODO: velocity, update, mask.
        raise NotImplementedError
