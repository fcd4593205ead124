from __future__ import annotations

import torch
from torch import nn


class BasicBlock(nn.Module):
    r"""$\operatorname{relu}(F(x) + \text{shortcut}(x))$, $F$ = conv 3×3 - BN - ReLU - conv 3×3 - BN.

    Parts: conv1, bn1, conv2, bn2, and downsample: None, or 1×1 convolution - BN where shapes change.
    """

    def __init__(self, c_in: int, c_out: int, stride: int = 1):
        super().__init__()
        # TODO: make the parts; no convolution has a bias, and the first has the stride.
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, c_in, H, W); returns (N, c_out, H', W') with H' = ⌈H / stride⌉."""
        # TODO: go through F, add what the shortcut brings, then ReLU.
        raise NotImplementedError


class Bottleneck(nn.Module):
    r"""The same with $F$ = conv 1×1 - BN - ReLU - conv 3×3 - BN - ReLU - conv 1×1 - BN.

    Parts: conv1, bn1, conv2, bn2, conv3, bn3, downsample. Channels: c_in → c_mid → c_mid → c_mid * expansion.
    """

    def __init__(self, c_in: int, c_mid: int, stride: int = 1, expansion: int = 4):
        super().__init__()
        # TODO: make the parts; the 3×3 convolution has the stride.
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, c_in, H, W); returns (N, c_mid * expansion, H', W')."""
        # TODO: as in the basic block, with three convolutions.
        raise NotImplementedError


class Highway(nn.Module):
    r"""$t \, h(x) + (1 - t) \, x$ with $h$ = ReLU of `transform`, $t$ = sigmoid of `gate`; both linear layers.

    carry_bias: where every bias of `gate` starts; negative lets x pass.
    """

    def __init__(self, dim: int, carry_bias: float = -2.0):
        super().__init__()
        # TODO: make transform and gate, and set the bias of the gate.
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., dim); returns the same shape."""
        # TODO: mix the transformed and the untouched input.
        raise NotImplementedError
