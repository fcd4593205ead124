"""Three layers with a way around them: the basic block, the bottleneck and the highway layer."""

from __future__ import annotations

import torch
from torch import nn


def _downsample(c_in: int, c_out: int, stride: int) -> nn.Sequential | None:
    """The shortcut $W_s x$ where shapes change; None where the input can be added as it is."""
    if stride == 1 and c_in == c_out:
        return None
    return nn.Sequential(nn.Conv2d(c_in, c_out, 1, stride, bias=False), nn.BatchNorm2d(c_out))


class BasicBlock(nn.Module):
    r"""$\operatorname{relu}(F(x) + \text{shortcut}(x))$ with two 3×3 convolutions in $F$."""

    def __init__(self, c_in: int, c_out: int, stride: int = 1):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(c_out)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(c_out)
        self.downsample = _downsample(c_in, c_out, stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, c_in, H, W) → (N, c_out, ⌈H/stride⌉, ⌈W/stride⌉)."""
        out = torch.relu(self.bn1(self.conv1(x)))  # (N, c_out, H', W')
        out = self.bn2(self.conv2(out))  # (N, c_out, H', W')
        shortcut = x if self.downsample is None else self.downsample(x)  # (N, c_out, H', W')
        return torch.relu(out + shortcut)


class Bottleneck(nn.Module):
    """1×1 down to `c_mid`, 3×3 there, 1×1 up to `c_mid * expansion`; the shortcut goes around all three."""

    def __init__(self, c_in: int, c_mid: int, stride: int = 1, expansion: int = 4):
        super().__init__()
        c_out = c_mid * expansion
        self.conv1 = nn.Conv2d(c_in, c_mid, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(c_mid)
        self.conv2 = nn.Conv2d(c_mid, c_mid, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(c_mid)
        self.conv3 = nn.Conv2d(c_mid, c_out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(c_out)
        self.downsample = _downsample(c_in, c_out, stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, c_in, H, W) → (N, c_mid·expansion, ⌈H/stride⌉, ⌈W/stride⌉)."""
        out = torch.relu(self.bn1(self.conv1(x)))  # (N, c_mid, H, W)
        out = torch.relu(self.bn2(self.conv2(out)))  # (N, c_mid, H', W')
        out = self.bn3(self.conv3(out))  # (N, c_out, H', W')
        shortcut = x if self.downsample is None else self.downsample(x)  # (N, c_out, H', W')
        return torch.relu(out + shortcut)


class Highway(nn.Module):
    r"""$t \, h(x) + (1 - t) \, x$ with a gate $t$ that the layer computes from $x$ itself."""

    def __init__(self, dim: int, carry_bias: float = -2.0):
        super().__init__()
        self.transform = nn.Linear(dim, dim)
        self.gate = nn.Linear(dim, dim)
        nn.init.constant_(self.gate.bias, carry_bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., dim) → (..., dim)."""
        h = torch.relu(self.transform(x))  # (..., dim)
        t = torch.sigmoid(self.gate(x))  # (..., dim), in (0, 1)
        return t * h + (1 - t) * x
