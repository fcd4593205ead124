"""A tiny ResNet from the learner's blocks, beside the learner's LeNet on the same pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import nn

from tutor.training import Log, Target, choice, knob, toggle
from tutor.training.data import is_available, load

TITLE = "A tiny ResNet"
USES = ("residual-blocks", "batchnorm2d-module", "lenet")
TARGET = Target("test_accuracy", ">=", 0.93, best=True)
CURVES = ("test_accuracy", "lenet_accuracy", "train_loss")

BREAK = (
    ("residual-blocks", "no shortcut"),
    ("residual-blocks", "ReLU before the addition"),
    ("residual-blocks", "shortcut added before bn2"),
    ("residual-blocks", "bn1 used twice"),
)

FASHION = Target("test_accuracy", ">=", 0.83, best=True)


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    blocks: int = knob(1, 1, 4, help="basic blocks in each of the three stages")
    width: int = knob(16, 4, 32, step=4, help="channels of the first stage; the others have two and four times as many")
    lr: float = knob(0.05, 1e-3, 1.0, log=True, help="learning rate of SGD with momentum 0.9; falls to 0 at the end")
    epochs: int = knob(3, 1, 20, help="how often every picture is seen")
    batch_size: int = knob(64, 8, 256, step=8, help="pictures a step")
    lenet: bool = toggle(True, help="train a LeNet with ReLU and max pooling for about the same computing time")
    data: str = choice("largest", "largest", "digits", "fashion", help="largest takes Fashion-MNIST where it is here")


LENET_PASSES = 3
"""LeNet sees the data so many times in the computing time of one epoch of the default ResNet."""


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """SGD with momentum and a cosine schedule; test accuracy after every epoch, of both networks."""
    X, y, X_test, y_test, classes = pictures(log, knobs, device)
    generator = torch.Generator().manual_seed(log.seed)
    resnet = build(mine, knobs, classes).to(device)
    nets = {"test_accuracy": (resnet, knobs.lr, 1)}
    if knobs.lenet:
        nets["lenet_accuracy"] = (mine.build_lenet(1, classes, "relu", "max").to(device), knobs.lr / 2, LENET_PASSES)
    log.note(f"The ResNet has {sum(p.numel() for p in resnet.parameters()):,} parameters, LeNet 61,706.")
    batches = -(-len(X) // knobs.batch_size)
    log.total(knobs.epochs * batches * sum(passes for _, _, passes in nets.values()))
    steps = {name: stepper(net, lr, knobs.epochs * batches * passes) for name, (net, lr, passes) in nets.items()}
    count = 0
    for _ in range(knobs.epochs):
        for name, (net, _, passes) in nets.items():
            for _ in range(passes):
                for rows in torch.randperm(len(X), generator=generator).split(knobs.batch_size):
                    loss = steps[name](X[rows], y[rows])
                    count += 1
                    log(count, **({"train_loss": loss} if net is resnet else {}))
            log(count, **{name: accuracy(net, X_test, y_test)})


def build(mine: SimpleNamespace, knobs: Knobs, classes: int) -> nn.Sequential:
    """A stem that halves the picture, three stages of basic blocks, global average pooling, one dense layer."""
    width = knobs.width
    layers: list[nn.Module] = [nn.Conv2d(1, width, 3, 2, 1, bias=False), mine.MyBatchNorm2d(width), nn.ReLU()]
    c_in = width
    for stage in range(3):
        for block in range(knobs.blocks):
            c_out = width * 2**stage
            layers.append(mine.BasicBlock(c_in, c_out, 2 if stage and not block else 1))
            c_in = c_out
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c_in, classes))


def stepper(net: nn.Module, lr: float, total: int) -> Callable[[torch.Tensor, torch.Tensor], float]:
    """A function that makes one training step and gives its loss."""
    optimizer: Any = torch.optim.SGD(net.parameters(), lr, momentum=0.9, weight_decay=5e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, total)

    def step(x: torch.Tensor, t: torch.Tensor) -> float:
        net.train()
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(x), t)  # ()
        loss.backward()
        optimizer.step()
        schedule.step()
        return loss.item()

    return step


@torch.no_grad()
def accuracy(net: nn.Module, X: torch.Tensor, y: torch.Tensor) -> float:
    """How often the largest logit is the right one, in evaluation mode."""
    net.eval()
    right = sum(int((net(x).argmax(1) == t).sum()) for x, t in zip(X.split(500), y.split(500), strict=True))
    return right / len(y)


def pictures(log: Log, knobs: Knobs, device: str) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, int]:
    """Standardised pictures (N, 1, 28, 28), labels; the same to test; how many classes. Small digits are enlarged."""
    fashion = knobs.data == "fashion" or (knobs.data == "largest" and is_available("fashion-mnist"))
    data = load("fashion-mnist" if fashion else "digits", otherwise="digits", train=6_000, test=2_000)
    if data.name == "fashion-mnist":
        log.aim(FASHION)
    elif not fashion and knobs.data == "largest":
        log.note("With Fashion-MNIST this lab trains on clothes: tutor data fetch fashion-mnist (31 MB).")
    log.note(data.note)
    X, X_test = (torch.tensor(enlarged(x))[:, None].to(device) for x in (data.x_train, data.x_test))  # (N, 1, 28, 28)
    centre, spread = X.mean(), X.std()
    labels = [torch.tensor(y).to(device) for y in (data.y_train, data.y_test)]
    return (X - centre) / spread, labels[0], (X_test - centre) / spread, labels[1], len(data.classes)


def enlarged(images: np.ndarray) -> np.ndarray:
    """(N, 8, 8) to (N, 28, 28): every pixel three times three, and two rows of border; 28 × 28 stays as it is."""
    if images.shape[1] == 28:
        return images
    return np.pad(np.kron(images, np.ones((1, 3, 3), np.float32)), ((0, 0), (2, 2), (2, 2)))
