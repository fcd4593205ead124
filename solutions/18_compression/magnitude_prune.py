"""Unstructured magnitude pruning, and an optimiser that keeps what was pruned at zero."""

from __future__ import annotations

import torch


def magnitude_masks(
    weights: dict[str, torch.Tensor], sparsity: float, scope: str = "global"
) -> dict[str, torch.Tensor]:
    """Which weights stay: all but the round(sparsity * n) of the smallest magnitude.

    Args:
        weights: name -> float tensor of any shape.
        sparsity: the fraction that is removed, in [0, 1).
        scope: "global" ranks all weights together, "layer" those of each tensor.

    Returns:
        name -> bool tensor of the same shape, True = kept. Among equals the first is removed first.

    Raises:
        ValueError: sparsity or scope is none of these.
    """
    if not 0 <= sparsity < 1 or scope not in ("global", "layer"):
        raise ValueError(f"cannot prune with sparsity {sparsity} and scope {scope!r}")
    if scope == "layer":
        return {name: _kept(w.flatten(), sparsity).reshape(w.shape) for name, w in weights.items()}
    together = torch.cat([w.flatten() for w in weights.values()])  # (n,)
    parts = _kept(together, sparsity).split([w.numel() for w in weights.values()])
    return {name: part.reshape(w.shape) for (name, w), part in zip(weights.items(), parts, strict=True)}


def _kept(flat: torch.Tensor, sparsity: float) -> torch.Tensor:
    """(n,) floats to (n,) bools."""
    order = torch.sort(flat.abs(), stable=True).indices  # (n,), smallest magnitude first
    mask = torch.ones_like(flat, dtype=torch.bool)  # (n,)
    mask[order[: round(sparsity * len(flat))]] = False
    return mask


class MaskedSGD:
    r"""SGD with momentum, $v \leftarrow \mu v + g$, $p \leftarrow p - \eta v$, that keeps pruned entries exactly 0."""

    def __init__(
        self,
        params: dict[str, torch.nn.Parameter],
        masks: dict[str, torch.Tensor],
        lr: float,
        momentum: float = 0.0,
    ):
        """Set the pruned entries to 0.

        Args:
            params: name -> parameter, all that is trained.
            masks: name -> bool tensor of the parameter's shape, for some of them; True = kept.
            lr: the learning rate.
            momentum: how much of the velocity is kept.
        """
        self.params, self.masks, self.lr, self.momentum = params, masks, lr, momentum
        self.velocity: dict[str, torch.Tensor] = {}
        for name in params:
            self._prune(name)

    @torch.no_grad()
    def step(self) -> None:
        """Change every parameter that has a gradient in place; .grad stays as it is."""
        for name, p in self.params.items():
            if p.grad is None:
                continue
            v = self.momentum * self.velocity.get(name, 0) + p.grad  # the shape of p
            self.velocity[name] = v
            p -= self.lr * v
            self._prune(name)  # after the update: neither gradient nor momentum revives a weight

    @torch.no_grad()
    def _prune(self, name: str) -> None:
        if name in self.masks:
            self.params[name].masked_fill_(~self.masks[name], 0)
