from __future__ import annotations

import torch


class MyBatchNorm2d(torch.nn.Module):
    r"""$y = \gamma \, (x - \mu_c) / \sqrt{\sigma_c^2 + \varepsilon} + \beta$, with one mean and one variance for each channel.

    Parameters `weight` and `bias`, buffers `running_mean`, `running_var` and `num_batches_tracked`: the names and shapes of
    torch.nn.BatchNorm2d, so that each can load the state of the other.
    """

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = True) -> None:
        r"""num_features: C. momentum: weight of the NEW batch; None gives every batch the same weight."""
        super().__init__()
        # TODO: make weight (ones) and bias (zeros), each (C,), as parameters; None when affine is False.
        # TODO: register the three buffers: running_mean (zeros), running_var (ones), num_batches_tracked (0, an integer).
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, C, H, W), anything else raises ValueError; returns the same shape."""
        # TODO: in training mode, take mean and biased variance of each channel over N, H and W (one value: ValueError).
        # TODO: still in training mode, update the buffers, outside the graph, with the unbiased variance.
        # TODO: in evaluation mode, use the buffers and change nothing.
        # TODO: normalise, then scale and shift each channel.
        raise NotImplementedError
