"""A small network learns from few labels, with a teacher's answers to them, and from its answers to all pictures."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import nn

from tutor.training import Axis, Bars, Figure, Line, Log, Note, Target, choice, knob
from tutor.training.data import is_available, load

TITLE = "Distillation: few labels and a teacher"
USES = ("distillation-loss", "lenet", "sgd-momentum")
TARGET = Target("gain", ">=", 0.05, text="with the teacher at least 5 points above the labels alone")
CURVES = ("test_accuracy", "soft_targets", "labels_alone")

BREAK = (
    ("distillation-loss", "alpha on the wrong side"),
    ("distillation-loss", "softmax over the batch"),
    ("distillation-loss", "multiplied by the temperature"),
    ("distillation-loss", "T squared missing"),
    ("distillation-loss", "reduction mean"),
)

Pictures = tuple[torch.Tensor, torch.Tensor]


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    labels: int = knob(50, 10, 1400, help="pictures whose label the student may see; the teacher has seen all of them")
    temperature: float = knob(3.0, 0.5, 20.0, log=True, help="softens the teacher and the student")
    alpha: float = knob(0.7, 0.0, 1.0, step=0.1, help="weight of the teacher on pictures that have a label")
    steps: int = knob(360, 60, 2000, step=60, help="steps of every student")
    lr: float = knob(0.01, 1e-3, 0.5, log=True, help="learning rate of the students, with momentum 0.9")
    width: int = knob(8, 2, 32, help="filters of the student's first layer; the second has twice as many")
    data: str = choice("largest", "largest", "digits", "fashion", help="largest takes Fashion-MNIST where it is here")


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """The teacher first; then three students from one start, a step of each in turn."""
    (X, y), test_set, classes, epochs = pictures(log, knobs, device)
    torch.manual_seed(log.seed)
    generator = torch.Generator().manual_seed(log.seed)
    batches = -(-len(X) // 32)
    log.total(epochs * batches + knobs.steps)
    log(0, test_accuracy=0.1)  # what guessing reaches
    teacher = taught(mine, log, (X, y), classes, epochs, generator).to(device)
    with torch.no_grad():
        answers = torch.cat([teacher(x) for x in X.split(500)])  # (N, C): computed once, a teacher never changes
    best = accuracy(teacher, test_set)
    few = torch.randperm(len(X), generator=generator)[: knobs.labels]  # (labels,)
    students = three(mine, knobs, classes, device)
    sizes = [sum(p.numel() for p in net.parameters()) for net in (teacher, students["test_accuracy"][0])]
    log.note(f"Teacher: {sizes[0]:,} parameters, {best:.1%} right. Student: {sizes[1]:,}, and {len(few)} labels.")
    curves: dict[str, list[tuple[int, float]]] = {name: [] for name in students}
    for step in range(1, knobs.steps + 1):
        rows = few[torch.randint(len(few), (32,), generator=generator)]  # (32,): pictures with a label
        more = torch.randint(len(X), (32,), generator=generator)  # (32,): any pictures
        for name, (net, optimizer) in students.items():
            optimizer.zero_grad()
            objective(mine, knobs, name, net, (X, y), answers, rows, more).backward()
            optimizer.step()
        if step % max(20, knobs.steps // 12) == 0 or step == knobs.steps:
            now = {name: accuracy(net, test_set) for name, (net, _) in students.items()}
            for name, value in now.items():
                curves[name].append((step, value))
            gain = now["test_accuracy"] - now["labels_alone"]
            log(epochs * batches + step, **now, gain=gain)
            log.show(comparison(curves, best))
            log.show(what_it_says(students["test_accuracy"][0], answers, test_set, (X, y), knobs.temperature))


def objective(
    mine: SimpleNamespace,
    knobs: Knobs,
    name: str,
    net: nn.Module,
    data: Pictures,
    answers: torch.Tensor,
    rows: torch.Tensor,
    more: torch.Tensor,
) -> torch.Tensor:
    """What this student minimises on this batch."""
    X, y = data
    if name == "labels_alone":
        return nn.functional.cross_entropy(net(X[rows]), y[rows])
    if name == "soft_targets":  # the same pictures, but the teacher says what else they might be
        return mine.distillation_loss(net(X[rows]), answers[rows], y[rows], knobs.temperature, knobs.alpha)
    nothing = torch.zeros_like(y[more])  # no labels: alpha = 1 gives them no weight
    return mine.distillation_loss(net(X[more]), answers[more], nothing, knobs.temperature, 1.0)


def three(mine: SimpleNamespace, knobs: Knobs, classes: int, device: str) -> dict[str, tuple[nn.Module, Any]]:
    """Students with equal weights at the start, and an optimizer each."""
    start = student(knobs.width, classes).state_dict()
    made = {}
    for name in CURVES:
        net = student(knobs.width, classes)
        net.load_state_dict(start)
        made[name] = (net.to(device), mine.SGD(net.to(device).parameters(), knobs.lr, 0.9))
    return made


def student(width: int, classes: int) -> nn.Sequential:
    """Two convolutions with stride 2 and one dense layer."""
    return nn.Sequential(
        nn.Conv2d(1, width, 5, 2, 2), nn.ReLU(),  # (N, width, 14, 14)
        nn.Conv2d(width, 2 * width, 3, 2, 1), nn.ReLU(),  # (N, 2 width, 7, 7)
        nn.AvgPool2d(2, ceil_mode=True), nn.Flatten(),  # (N, 32 width)
        nn.Linear(32 * width, classes),  # (N, C)
    )  # fmt: skip


def taught(
    mine: SimpleNamespace, log: Log, data: Pictures, classes: int, epochs: int, generator: torch.Generator
) -> nn.Module:
    """A LeNet that has seen every label."""
    X, y = data
    net = mine.build_lenet(1, classes, "relu", "max").to(X.device)
    optimizer = mine.SGD(net.parameters(), 0.02, 0.9)
    step = 0
    for _ in range(epochs):
        for rows in torch.randperm(len(X), generator=generator).split(32):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(net(X[rows]), y[rows])
            loss.backward()
            optimizer.step()
            step += 1
            if step % 10 == 0:
                log(step, teacher_loss=loss.item())
    return net


@torch.no_grad()
def accuracy(net: nn.Module, data: Pictures) -> float:
    """How often the largest logit is the right one."""
    X, y = data
    return float((torch.cat([net(x) for x in X.split(500)]).argmax(1) == y).float().mean())


def comparison(curves: dict[str, list[tuple[int, float]]], best: float) -> Figure:
    """The three students, and the teacher as a line above them."""
    names = {
        "test_accuracy": ("teacher, all pictures", "mine", "●"),
        "soft_targets": ("teacher, labelled ones", "third", "▲"),
        "labels_alone": ("labels alone", "reference", "○"),
    }
    lines = [Line([s for s, _ in curves[key]], [v for _, v in curves[key]], *style) for key, style in names.items()]
    ends = [curves["test_accuracy"][0][0], curves["test_accuracy"][-1][0]]
    lines.append(Line(ends, [best, best], "the teacher", "muted", "-"))
    return Figure(tuple(lines), "test accuracy of three students", Axis("step"))


@torch.no_grad()
def what_it_says(net: nn.Module, answers: torch.Tensor, test_set: Pictures, data: Pictures, T: float) -> Figure:
    """The picture about which the teacher is least sure, and what teacher and student make of it."""
    X, y = data
    sure = answers.softmax(1).max(1).values  # (N,)
    row = int(sure.argmin())
    p = torch.softmax(answers[row] / T, 0)  # (C,)
    q = torch.softmax(net(X[row : row + 1])[0] / T, 0)  # (C,)
    top = p.argsort(descending=True)[:4].tolist()
    labels = tuple(f"class {c}" + (" (its label)" if c == int(y[row]) else "") for c in top)
    texts = tuple(f"teacher {float(p[c]):.3f}  student {float(q[c]):.3f}" for c in top)
    bars = Bars(labels, tuple(float(p[c]) for c in top), texts, low=0.0, high=1.0)
    words = f"One picture at T = {T:.3g}. A label would say 1 and 0; the teacher says which mistakes are small ones."
    return Figure((bars, Note(words)), "what a soft target says")


def pictures(log: Log, knobs: Knobs, device: str) -> tuple[Pictures, Pictures, int, int]:
    """Standardised pictures (N, 1, 28, 28) and labels; the same to test; classes; epochs that the teacher needs."""
    fashion = knobs.data == "fashion" or (knobs.data == "largest" and is_available("fashion-mnist"))
    data = load("fashion-mnist" if fashion else "digits", otherwise="digits", train=6_000, test=2_000)
    clothes = data.name == "fashion-mnist"
    if not fashion and knobs.data == "largest":
        log.note("With Fashion-MNIST this lab works with clothes: tutor data fetch fashion-mnist (31 MB).")
    log.note(data.note)
    X, X_test = (torch.tensor(enlarged(x))[:, None].to(device) for x in (data.x_train, data.x_test))  # (N, 1, 28, 28)
    centre, spread = X.mean(), X.std()
    y, y_test = (torch.tensor(labels).to(device) for labels in (data.y_train, data.y_test))
    return ((X - centre) / spread, y), ((X_test - centre) / spread, y_test), len(data.classes), 3 if clothes else 8


def enlarged(images: np.ndarray) -> np.ndarray:
    """(N, 8, 8) to (N, 28, 28): every pixel three times three, and two rows of border; 28 × 28 stays as it is."""
    if images.shape[1] == 28:
        return images
    return np.pad(np.kron(images, np.ones((1, 3, 3), np.float32)), ((0, 0), (2, 2), (2, 2)))
