"""LeNet-5 as a stack of PyTorch's layers."""

from __future__ import annotations

from torch import nn

ACTIVATIONS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}
POOLS = {"avg": nn.AvgPool2d, "max": nn.MaxPool2d}


def build_lenet(
    in_channels: int = 1, num_classes: int = 10, activation: str = "sigmoid", pool: str = "avg"
) -> nn.Sequential:
    """Two blocks of convolution, activation and pooling, then three dense layers; for images of 28 × 28.

    Args:
        in_channels: 1 for grey images, 3 for colour.
        num_classes: how many logits come out.
        activation: "sigmoid", "tanh" or "relu".
        pool: "avg" or "max".

    Returns:
        A module from (N, in_channels, 28, 28) to (N, num_classes), with Xavier-uniform weights and zero biases.

    Raises:
        ValueError: activation or pool has no such name.
    """
    if activation not in ACTIVATIONS or pool not in POOLS:
        raise ValueError(f"no LeNet with activation {activation!r} and pool {pool!r}")
    Act, Pool = ACTIVATIONS[activation], POOLS[pool]
    net = nn.Sequential(
        nn.Conv2d(in_channels, 6, 5, padding=2), Act(), Pool(2),  # (N, 6, 28, 28), then (N, 6, 14, 14)
        nn.Conv2d(6, 16, 5), Act(), Pool(2),  # (N, 16, 10, 10), then (N, 16, 5, 5)
        nn.Flatten(),  # (N, 400)
        nn.Linear(400, 120), Act(),  # (N, 120)
        nn.Linear(120, 84), Act(),  # (N, 84)
        nn.Linear(84, num_classes),  # (N, num_classes): logits, so nothing follows
    )  # fmt: skip
    for layer in net:
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return net
