"""A small convolutional network four times: sigmoid or ReLU, with and without the learner's batch normalisation."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from tutor.training import Bars, Figure, Log, Note, Target, choice, knob
from tutor.training.data import is_available, load

TITLE = "A convolutional network with and without BatchNorm"
USES = ("batchnorm2d-module",)
TARGET = Target("relu_bn", ">=", 0.95, best=True)
CURVES = ("relu_bn", "relu", "sigmoid_bn", "sigmoid")

BREAK = (
    ("batchnorm2d-module", "statistics over the batch axis only"),
    ("batchnorm2d-module", "evaluation with the statistics of the batch"),
    ("batchnorm2d-module", "running values as parameters"),
    ("batchnorm2d-module", "mean not subtracted"),
    ("batchnorm2d-module", "each image on its own"),
)

FASHION = Target("relu_bn", ">=", 0.77, best=True)
NETS = {
    "relu_bn": ("relu", True),
    "relu": ("relu", False),
    "sigmoid_bn": ("sigmoid", True),
    "sigmoid": ("sigmoid", False),
}
"""Curve → activation, and whether there is a normaliser. Each shows the test accuracy of its network."""

TEST_BATCH = 36


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    lr: float = knob(0.5, 1e-3, 10.0, log=True, help="learning rate, the same for all four networks")
    epochs: int = knob(8, 1, 40, help="how often every picture is seen")
    batch_size: int = knob(32, 2, 256, step=2, help="pictures a step: 2 makes the batch statistics very noisy")
    train_size: int = knob(1400, 100, 10_000, step=100, help="how many pictures to train on")
    nets: str = choice("all", "all", "relu", "sigmoid", help="which networks to train")
    momentum: float = knob(0.1, 0.0, 1.0, step=0.05, help="of the running averages: the weight of the new batch")
    data: str = choice("digits", "digits", "fashion", help="8x8 digits, or Fashion-MNIST where it is here")


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """The same batches for all networks; after every epoch each is evaluated on test pictures sorted by class."""
    x, y, x_test, y_test = pictures(log, knobs, device)
    nets = {}
    for name, (activation, normalised) in NETS.items():
        if knobs.nets in ("all", activation):
            nets[name] = network(mine, activation, normalised, knobs, x.shape[-1], log.seed).to(device)
    rng = log.rng()
    steps = len(x) // knobs.batch_size
    log.total(knobs.epochs * steps)
    log(0, **{name: accuracy(net, x_test, y_test) for name, net in nets.items()})
    step = 0
    for _ in range(knobs.epochs):
        order = torch.from_numpy(rng.permutation(len(x))).to(device)
        for k in range(steps):
            rows = order[k * knobs.batch_size : (k + 1) * knobs.batch_size]
            for net in nets.values():
                descend(net, F.cross_entropy(net(x[rows]), y[rows]), knobs.lr)
            step += 1
            if step % 8 == 0:
                log(step)
        log(step, **{name: accuracy(net, x_test, y_test) for name, net in nets.items()})
    log.show(alone_or_together(nets, x_test, y_test))


def network(
    mine: SimpleNamespace, activation: str, normalised: bool, knobs: Knobs, side: int, seed: int
) -> nn.Sequential:
    """LeNet's plan; the kernels are smaller when the pictures are. With a normaliser the bias before it is useless."""
    kernel, padding = (5, (2, 0)) if side == 28 else (3, (1, 1))
    last = 5 if side == 28 else side // 4
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers: list[nn.Module] = []
        for c_in, c_out, pad in ((1, 6, padding[0]), (6, 16, padding[1])):
            layers.append(nn.Conv2d(c_in, c_out, kernel, padding=pad, bias=not normalised))
            if normalised:
                layers.append(mine.MyBatchNorm2d(c_out, momentum=knobs.momentum))
            layers += [nn.ReLU() if activation == "relu" else nn.Sigmoid(), nn.MaxPool2d(2)]
        layers += [nn.Flatten(), nn.Linear(16 * last * last, 84)]
        layers += [nn.ReLU() if activation == "relu" else nn.Sigmoid(), nn.Linear(84, 10)]
        return nn.Sequential(*layers)


def descend(net: nn.Sequential, loss: torch.Tensor, lr: float) -> None:
    """One step of gradient descent."""
    net.zero_grad()
    loss.backward()
    with torch.no_grad():
        for p in net.parameters():
            if p.grad is not None:
                p -= lr * p.grad


def predictions(net: nn.Sequential, x: torch.Tensor, size: int) -> torch.Tensor:
    """The likeliest classes (N,), in evaluation mode, so many pictures at a time."""
    net.eval()
    with torch.no_grad():
        found = torch.cat([net(part).argmax(1) for part in x.split(size)])
    net.train()
    return found


def accuracy(net: nn.Sequential, x: torch.Tensor, y: torch.Tensor) -> float:
    """Share of the test pictures that are named rightly."""
    return float((predictions(net, x, TEST_BATCH) == y).float().mean())


def alone_or_together(nets: dict[str, nn.Sequential], x: torch.Tensor, y: torch.Tensor) -> Figure:
    """Whether a picture's answer depends on the pictures that are evaluated with it: it must not."""
    x, y = x[::9], y[::9]
    labels, values, texts = [], [], []
    for name, net in nets.items():
        alone = float((predictions(net, x, 1) == y).float().mean())
        together = float((predictions(net, x, len(x)) == y).float().mean())
        labels.append(name)
        values.append(alone)
        texts.append(f"{alone:.3f} one by one, {together:.3f} all at once")
    note = Note(f"Accuracy on {len(y)} test pictures in evaluation mode: the company must make no difference.")
    return Figure((Bars(tuple(labels), tuple(values), tuple(texts), low=0.0, high=1.0), note), "one by one")


def pictures(log: Log, knobs: Knobs, device: str) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """(N, 1, H, W) standardised training pictures with labels, and test pictures sorted by class."""
    fashion = knobs.data == "fashion" and is_available("fashion-mnist")
    data = load("fashion-mnist" if fashion else "digits", otherwise="digits", train=10_000, test=2_000)
    if fashion:
        log.aim(FASHION)
    elif knobs.data == "fashion":
        log.note("Fashion-MNIST is not on this machine (get it with: tutor data fetch fashion-mnist).")
    log.note(data.note)
    log.note("Test pictures come sorted by class, 36 at a time: an evaluation that peeks at its batch fails.")
    train, test = np.asarray(data.x_train, dtype=np.float32), np.asarray(data.x_test, dtype=np.float32)
    centre, spread = train.mean(), train.std()
    by_class = np.argsort(data.y_test, kind="stable")
    parts = (train[: knobs.train_size], data.y_train[: knobs.train_size], test[by_class], data.y_test[by_class])
    x, y, x_test, y_test = (torch.from_numpy(np.ascontiguousarray(part)).to(device) for part in parts)
    x, x_test = ((t - centre) / spread for t in (x, x_test))
    side = x.shape[-1]
    return x.reshape(-1, 1, side, side), y.long(), x_test.reshape(-1, 1, side, side), y_test.long()
