"""LeNet made ten times smaller: pruned step by step, fine-tuned, and its weights put into code books."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import nn

from tutor.training import Axis, Bars, Figure, Line, Log, Scatter, Target, choice, knob, toggle
from tutor.training.data import is_available, load
from tutor.training.figure import Role

TITLE = "Ten times smaller"
USES = ("magnitude-prune", "codebook-quantize", "affine-quantize", "svd-low-rank", "lenet")
TARGET = Target("smaller", ">=", 10.0, text="at least 10 times smaller, and at most 2 points less accurate")
CURVES = ("test_accuracy", "smaller")

BREAK = (
    ("magnitude-prune", "the largest removed"),
    ("magnitude-prune", "sign not ignored"),
    ("magnitude-prune", "mask applied once"),
    ("codebook-quantize", "even ruler instead of k-means"),
    ("svd-low-rank", "the smallest singular values"),
)

POINTS = 0.02
"""How much accuracy may be lost."""
FLOAT = 32
"""Bits of an uncompressed weight."""
LR = 0.02

Weights = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    sparsity: float = knob(0.84, 0.0, 0.98, step=0.02, help="share of the weights that is removed in the end")
    rounds: int = knob(3, 1, 6, help="in how many rounds of pruning and fine-tuning")
    epochs: int = knob(3, 0, 10, help="epochs of fine-tuning after each round")
    values: int = knob(16, 2, 256, help="how many different values a layer may keep: the size of its code book")
    scope: str = choice("global", "global", "layer", help="one ranking of all weights, or one in each layer")
    survey: bool = toggle(True, help="first try every method alone, without fine-tuning")
    data: str = choice("largest", "largest", "digits", "fashion", help="largest takes Fashion-MNIST where it is here")


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """Train LeNet, try each method alone, then run the pipeline: prune and fine-tune in rounds, and share weights."""
    data, test_set, classes, epochs = pictures(log, knobs, device)
    torch.manual_seed(log.seed)
    generator = torch.Generator().manual_seed(log.seed)
    net = mine.build_lenet(1, classes, "relu", "max").to(device)
    masks = {name: torch.ones_like(w, dtype=torch.bool) for name, w in matrices(net).items()}
    batches = -(-len(data[0]) // 32)
    log.total(batches * (epochs + knobs.rounds * knobs.epochs) + 1)
    log(0, smaller=1.0)
    step = tuned(mine, log, net, {}, data, epochs, 0, generator)
    base = accuracy(net, test_set)
    log(step, test_accuracy=base)
    log.note(f"LeNet with 32-bit weights: {base:.1%} right, {size(net) / 8192:.0f} KiB.")
    ways: list[tuple[str, float, float]] = [("32-bit LeNet", 1.0, base)]
    if knobs.survey:
        ways += survey(mine, net, test_set, np.random.default_rng(log.seed))
        log.show(pareto(ways, base))
        log.show(table(ways))
    for number in range(1, knobs.rounds + 1):
        share = knobs.sparsity * (1 - (1 - number / knobs.rounds) ** 3)  # much at first, little at the end
        masks = mine.magnitude_masks(matrices(net), share, knobs.scope)
        apply(net, {name: w * masks[name] for name, w in matrices(net).items()})
        before = accuracy(net, test_set)
        step = tuned(mine, log, net, masks, data, knobs.epochs, step, generator)
        after, ratio = accuracy(net, test_set), size(net) / pruned_size(net)
        log(step, test_accuracy=after, smaller=ratio if after >= base - POINTS else 1.0)
        log.note(f"{share:.0%} pruned: {before:.1%}; fine-tuned: {after:.1%}, {ratio:.1f} times smaller.")
        log.show(kept(matrices(net)))
    shared, bits = in_code_books(mine, net, knobs.values, log.seed)
    apply(net, shared)
    after, ratio = accuracy(net, test_set), size(net) / bits
    ways.append((f"{knobs.sparsity:.0%} pruned, tuned, {knobs.values} values", ratio, after))
    log(step + 1, test_accuracy=after, smaller=ratio if after >= base - POINTS else 1.0)
    log.note(f"{knobs.values} values a layer: {after:.1%}, {ratio:.1f} times smaller, {bits / 8192:.1f} KiB.")
    log.show(pareto(ways, base))
    log.show(table(ways))


# --- the pipeline ---------------------------------------------------------------------------------------------------


def matrices(net: nn.Module) -> Weights:
    """The weights, without the biases: these are few."""
    return {name: p.detach() for name, p in net.named_parameters() if p.ndim > 1}


@torch.no_grad()
def apply(net: nn.Module, weights: Weights) -> None:
    """Write these weights into the network."""
    for name, p in net.named_parameters():
        if name in weights:
            p.copy_(weights[name])


def tuned(
    mine: SimpleNamespace,
    log: Log,
    net: nn.Module,
    masks: Weights,
    data: tuple[torch.Tensor, torch.Tensor],
    epochs: int,
    step: int,
    generator: torch.Generator,
) -> int:
    """So many epochs with the learner's masked SGD, the last one at a fifth of the pace; the last step's number."""
    X, y = data
    for epoch in range(epochs):
        if epoch in (0, epochs - 1):
            rate = LR if epoch < epochs - 1 else LR / 5
            optimizer: Any = mine.MaskedSGD(dict(net.named_parameters()), masks, rate, 0.9)
        for rows in torch.randperm(len(X), generator=generator).split(32):
            net.zero_grad()
            loss = nn.functional.cross_entropy(net(X[rows]), y[rows])
            loss.backward()
            optimizer.step()
            step += 1
            if step % 10 == 0:
                log(step, train_loss=loss.item())
    return step


def in_code_books(mine: SimpleNamespace, net: nn.Module, values: int, seed: int) -> tuple[Weights, int]:
    """What is left of every layer with so many different values, and the bits of the network stored that way."""
    rng = np.random.default_rng([seed, 1])
    shared, bits = {}, sum(p.numel() * FLOAT for p in net.parameters() if p.ndim == 1)
    for name, w in matrices(net).items():
        flat = w.flatten().cpu().numpy()  # (n,)
        left = np.flatnonzero(flat)  # the weights that were not pruned
        k = min(values, len(left))
        if k:
            book, codes = mine.quantize_codebook(flat[left], k, rng)
            flat[left] = book[codes]
            bits += round(FLOAT * len(left) / mine.compression_ratio(len(left), k))
        bits += flat.size if len(left) < flat.size else 0  # one bit a weight says where they are
        shared[name] = torch.tensor(flat).reshape(w.shape).to(w.device)
    return shared, bits


def size(net: nn.Module) -> int:
    """Bits of all parameters as floats."""
    return sum(p.numel() * FLOAT for p in net.parameters())


def pruned_size(net: nn.Module) -> int:
    """Bits where zeros are not stored, but one bit a weight says where they are."""
    return sum(
        p.numel() + int(p.count_nonzero()) * FLOAT if p.ndim > 1 else p.numel() * FLOAT for p in net.parameters()
    )


# --- each method alone ----------------------------------------------------------------------------------------------


def survey(
    mine: SimpleNamespace, net: nn.Module, test_set: tuple[torch.Tensor, torch.Tensor], rng: np.random.Generator
) -> list[tuple[str, float, float]]:
    """(name, times smaller, accuracy) of each method alone, nothing is trained afterwards."""
    original, whole, found = {n: w.clone() for n, w in matrices(net).items()}, size(net), []
    numbers = sum(w.numel() for w in original.values())
    for share in (0.5, 0.8, 0.9):
        masks = mine.magnitude_masks(original, share, "global")
        apply(net, {name: w * masks[name] for name, w in original.items()})
        found.append((f"{share:.0%} pruned", whole / pruned_size(net), accuracy(net, test_set)))
    for bits in (8, 4, 3, 2):
        apply(net, {name: rounded(mine, w, bits) for name, w in original.items()})
        stored = whole - numbers * (FLOAT - bits) + FLOAT * sum(len(w) for w in original.values())
        found.append((f"{bits}-bit channels", whole / stored, accuracy(net, test_set)))
    for values in (16, 4):
        apply(net, original)
        shared, bits = in_code_books(mine, net, values, int(rng.integers(1000)))
        apply(net, shared)
        found.append((f"{values} values a layer", whole / bits, accuracy(net, test_set)))
    apply(net, original)
    first = next(i for i, layer in enumerate(net) if isinstance(layer, nn.Linear))  # the widest layer
    for rank in (32, 16, 8):
        thin = mine.low_rank_linear(net[first], rank)
        smaller = nn.Sequential(*net[:first], thin, *net[first + 1 :])
        found.append((f"rank {rank} in front", whole / size(smaller), accuracy(smaller, test_set)))
    return found


def rounded(mine: SimpleNamespace, w: torch.Tensor, bits: int) -> torch.Tensor:
    """There and back, with a scale for each output channel."""
    scale, zero_point = mine.choose_qparams(w, bits, True, 0)
    return mine.dequantize(mine.quantize(w, scale, zero_point, bits, 0), scale, zero_point, 0)


# --- pictures -------------------------------------------------------------------------------------------------------


def pareto(ways: list[tuple[str, float, float]], base: float) -> Figure:
    """Accuracy and size of every way that was tried."""
    signs = {"pruned": ("reference", "p"), "chan": ("third", "q"), "values": ("fourth", "v"), "rank": ("fifth", "r")}
    parts: list[Any] = []
    for word, (role, marker) in signs.items():
        group = [(x, y) for name, x, y in ways if word in name and "tuned" not in name]
        if group:
            parts.append(Scatter([x for x, _ in group], [y for _, y in group], LEGEND[word], role, marker))
    parts += [Scatter([x], [y], "the pipeline", "mine", "●") for name, x, y in ways if "tuned" in name]
    parts.append(Line([1, max(x for _, x, _ in ways)], [base - POINTS] * 2, "2 points lost", "muted"))
    floor = max(0.0, min(y for _, _, y in ways) - 0.05)
    x, y = Axis("times smaller", log=True), Axis("accuracy", low=floor, high=1.0)
    return Figure(tuple(parts), "size and accuracy", x, y)


def table(ways: list[tuple[str, float, float]]) -> Figure:
    """The same in numbers."""
    texts = tuple(f"{x:4.1f} times smaller, {y:.1%}" for _, x, y in ways)
    roles: tuple[Role, ...] = tuple("mine" if "tuned" in name else "reference" for name, _, _ in ways)
    bars = Bars(tuple(name for name, _, _ in ways), tuple(y for _, _, y in ways), texts, roles, low=0.0, high=1.0)
    return Figure((bars,), "accuracy of every way that was tried")


LEGEND = {"pruned": "pruned", "chan": "bits", "values": "code book", "rank": "low rank"}


def kept(weights: Weights) -> Figure:
    """Which share of every layer is left."""
    shares = [float((w != 0).float().mean()) for w in weights.values()]
    labels = tuple(
        f"{'convolution' if w.ndim == 4 else 'dense'} {' × '.join(map(str, w.shape))}" for w in weights.values()
    )
    texts = tuple(f"{share:.0%} of {w.numel():,}" for share, w in zip(shares, weights.values(), strict=True))
    return Figure((Bars(labels, tuple(shares), texts, low=0.0, high=1.0),), "weights that are left")


@torch.no_grad()
def accuracy(net: nn.Module, data: tuple[torch.Tensor, torch.Tensor]) -> float:
    """How often the largest logit is the right one."""
    X, y = data
    return float((torch.cat([net(x) for x in X.split(500)]).argmax(1) == y).float().mean())


def pictures(
    log: Log, knobs: Knobs, device: str
) -> tuple[tuple[torch.Tensor, torch.Tensor], tuple[torch.Tensor, torch.Tensor], int, int]:
    """Standardised pictures (N, 1, 28, 28) and labels; the same to test; classes; epochs to begin with."""
    fashion = knobs.data == "fashion" or (knobs.data == "largest" and is_available("fashion-mnist"))
    data = load("fashion-mnist" if fashion else "digits", otherwise="digits", train=6_000, test=2_000)
    if not fashion and knobs.data == "largest":
        log.note("With Fashion-MNIST this lab works with clothes: tutor data fetch fashion-mnist (31 MB).")
    log.note(data.note)
    X, X_test = (torch.tensor(enlarged(x))[:, None].to(device) for x in (data.x_train, data.x_test))  # (N, 1, 28, 28)
    centre, spread = X.mean(), X.std()
    y, y_test = (torch.tensor(labels).to(device) for labels in (data.y_train, data.y_test))
    epochs = 4 if data.name == "fashion-mnist" else 8
    return ((X - centre) / spread, y), ((X_test - centre) / spread, y_test), len(data.classes), epochs


def enlarged(images: np.ndarray) -> np.ndarray:
    """(N, 8, 8) to (N, 28, 28): every pixel three times three, and two rows of border; 28 × 28 stays as it is."""
    if images.shape[1] == 28:
        return images
    return np.pad(np.kron(images, np.ones((1, 3, 3), np.float32)), ((0, 0), (2, 2), (2, 2)))
