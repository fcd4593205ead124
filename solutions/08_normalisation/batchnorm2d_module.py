"""Batch normalisation of images, as a module whose state PyTorch's own layer can load."""

import torch


class MyBatchNorm2d(torch.nn.Module):
    r"""$y = \gamma \, (x - \mu_c) / \sqrt{\sigma_c^2 + \varepsilon} + \beta$, with one mean and one variance for each channel.

    Training uses the statistics of the batch and keeps running averages of them; evaluation uses the averages.
    """

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = True) -> None:
        r"""Start with $\gamma = 1$, $\beta = 0$, a running mean of 0 and a running variance of 1.

        Args:
            num_features: C, the number of channels.
            eps: added to the variance under the root.
            momentum: the weight of the new batch in the running averages; None gives every batch the same weight.
            affine: whether there are $\gamma$ (`weight`) and $\beta$ (`bias`); without them, both names are None.
        """
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.weight = torch.nn.Parameter(torch.ones(num_features)) if affine else None  # (C,)
        self.bias = torch.nn.Parameter(torch.zeros(num_features)) if affine else None  # (C,)
        self.register_buffer("running_mean", torch.zeros(num_features))  # (C,)
        self.register_buffer("running_var", torch.ones(num_features))  # (C,)
        self.register_buffer("num_batches_tracked", torch.tensor(0))  # ()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Normalise each channel; in training mode also learn the running averages.

        Args:
            x: (N, C, H, W).

        Returns:
            (N, C, H, W).

        Raises:
            ValueError: x does not have four axes, or a channel has a single value in training mode.
        """
        if x.dim() != 4:
            raise ValueError(f"expected (N, C, H, W), got {x.dim()} axes")
        if self.training:
            mean = x.mean(dim=(0, 2, 3))  # (C,)
            var = x.var(dim=(0, 2, 3), correction=0)  # (C,)
            self._observe(mean, var, x.numel() // x.shape[1])
        else:
            mean, var = self.running_mean, self.running_var  # (C,) each
        y = (x - mean[:, None, None]) / torch.sqrt(var[:, None, None] + self.eps)  # (N, C, H, W)
        if self.weight is None:
            return y
        return self.weight[:, None, None] * y + self.bias[:, None, None]  # (N, C, H, W)

    @torch.no_grad()
    def _observe(self, mean: torch.Tensor, var: torch.Tensor, n: int) -> None:
        """Take one batch, of n values a channel, into the running averages; mean and var: (C,)."""
        if n == 1:
            raise ValueError("one value in each channel has no variance: train with more")
        self.num_batches_tracked += 1
        new = 1 / self.num_batches_tracked.item() if self.momentum is None else self.momentum  # weight of this batch
        self.running_mean += new * (mean - self.running_mean)
        self.running_var += new * (var * n / (n - 1) - self.running_var)  # the unbiased variance
