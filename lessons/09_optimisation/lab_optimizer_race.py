"""Runs the learner's own SGD, momentum, Nesterov and Adam down the same surface, from the same start."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import torch

from tutor.training import Axis, Figure, Line, Log, Scatter, Target, choice, knob
from tutor.training.figure import Role

TITLE = "Optimiser race"
USES = ("sgd-momentum", "adam")
TARGET = Target("slowest", "<=", 1e-3, text="f below 0.001 for momentum, Nesterov and Adam within 2000 steps")
CURVES = ("slowest", "momentum", "nesterov", "adam", "sgd")
LOG_AXIS = True

BREAK = (
    ("sgd-momentum", "average instead of sum"),
    ("sgd-momentum", "one velocity for all parameters"),
    ("sgd-momentum", "zero_grad does nothing"),
    ("adam", "no bias correction"),
    ("adam", "corrected averages fed back"),
    ("adam", "root forgotten"),
    ("adam", "t counted from 0"),
)

RUNNERS = ("sgd", "momentum", "nesterov", "adam")
ROLES: tuple[Role, ...] = ("muted", "mine", "third", "reference")
MARKS = "sMNA"
FLOOR = 1e-8
"""Smaller values are drawn as this: the race is over."""


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    surface: str = choice("rosenbrock", "rosenbrock", "ravine", "saddle", help="what they run down")
    pace: float = knob(1.0, 0.1, 10.0, log=True, help="multiplies the learning rate of every runner")
    momentum: float = knob(0.9, 0.0, 0.99, step=0.05, help="of momentum and Nesterov")
    beta1: float = knob(0.9, 0.0, 0.99, step=0.05, help="of Adam: the memory of the gradient")
    beta2: float = knob(0.999, 0.5, 0.9995, help="of Adam: the memory of its square")


@dataclass(frozen=True)
class Course:
    """A surface with its start and what is usual on it."""

    f: Callable[[Any, Any], Any]
    start: tuple[float, float]
    goal: tuple[tuple[float, float], ...]
    steps: int
    target: Target
    rates: tuple[float, float, float, float]
    """Of SGD, momentum, Nesterov, Adam."""
    x: tuple[float, float]
    y: tuple[float, float]
    levels: tuple[float, ...]
    contour: Callable[[float, float], tuple[tuple[float, float], ...]]
    """(level, parameter from 0 to 1) to points, one for each branch of the curve f = level."""


def train(mine: SimpleNamespace, log: Log, device: str, knobs: Knobs) -> None:
    """One step of each runner in turn; every runner has parameters x and y of its own."""
    course = SURFACES[knobs.surface]
    log.aim(course.target)
    log.total(course.steps)
    rates = [knobs.pace * rate for rate in course.rates]
    log.note(f"{knobs.surface} from {course.start}; lr {', '.join(f'{r:.3g}' for r in rates)} for {', '.join(RUNNERS)}")
    runners = {name: start(course) for name in RUNNERS}
    optimizers = {
        "sgd": mine.SGD(runners["sgd"], lr=rates[0]),
        "momentum": mine.SGD(runners["momentum"], lr=rates[1], momentum=knobs.momentum),
        "nesterov": mine.SGD(runners["nesterov"], lr=rates[2], momentum=knobs.momentum, nesterov=knobs.momentum > 0),
        "adam": mine.Adam(runners["adam"], lr=rates[3], betas=(knobs.beta1, knobs.beta2)),
    }
    paths: dict[str, list[tuple[float, float]]] = {name: [course.start] for name in RUNNERS}
    history: dict[str, list[float]] = {name: [] for name in RUNNERS}
    best = dict.fromkeys(RUNNERS, math.inf)
    must = RUNNERS[1:] if knobs.surface == "rosenbrock" else RUNNERS
    for step in range(course.steps + 1):
        values = {}
        for name in RUNNERS:
            values[name] = run(course, runners[name], optimizers[name], paths[name])
            best[name] = min(best[name], values[name])
            history[name].append(max(values[name], FLOOR))
        log(step, **{name: history[name][-1] for name in RUNNERS}, slowest=max(best[n] for n in must))
        if step in (20, 60) or step % max(20, course.steps // 8) == 0:
            log.show(picture(course, paths, values, knobs.surface))
    log.show(picture(course, paths, values, knobs.surface))
    log.show(curves(history))


def start(course: Course) -> list[torch.nn.Parameter]:
    """Two parameters, each a number."""
    return [torch.nn.Parameter(torch.tensor(value, dtype=torch.float64)) for value in course.start]  # (), ()


def run(course: Course, runner: list[torch.nn.Parameter], optimizer: Any, path: list[tuple[float, float]]) -> float:  # noqa: ANN401  the learner's
    """The value here, then one step. Who has left the numbers stays where the picture can still show it."""
    loss = course.f(*runner)  # ()
    value = float(loss.detach())
    if not math.isfinite(value) or value > 1e12:
        return math.inf
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    path.append((float(runner[0].detach()), float(runner[1].detach())))
    return value


def picture(course: Course, paths: dict[str, list[tuple[float, float]]], values: dict[str, float], name: str) -> Figure:
    """Contour lines and the four ways down."""
    contours = []
    for level in course.levels:
        turns = [course.contour(level, i / 240) for i in range(241)]
        for branch in range(max(len(points) for points in turns)):
            line = [points[branch] for points in turns if len(points) > branch]
            contours.append(Line([x for x, _ in line], [y for _, y in line], role="muted", marker="·", every=1))
    ways = []
    for runner, role, mark in zip(RUNNERS, ROLES, MARKS, strict=True):
        path = [(x, y) for x, y in paths[runner] if abs(x) < 50 and abs(y) < 50]
        ways.append(Line([x for x, _ in path], [y for _, y in path], role=role))
        ways.append(Scatter([path[-1][0]], [path[-1][1]], f"{runner} {values[runner]:.1e}", role, mark))
    goal = Scatter([x for x, _ in course.goal], [y for _, y in course.goal], "minimum", "good", "+")
    x, y = Axis("x", low=course.x[0], high=course.x[1]), Axis("y", low=course.y[0], high=course.y[1])
    return Figure((*contours, *ways, goal), f"the ways down the {name}", x, y)


def curves(history: dict[str, list[float]]) -> Figure:
    """All four in one picture."""
    lines = []
    for name, role, mark in zip(RUNNERS, ROLES, MARKS, strict=True):
        finite = [value for value in history[name] if math.isfinite(value)]
        lines.append(Line(range(len(finite)), finite, role=role))
        place = min(len(finite) - 1, len(history[name]) // 4)
        lines.append(Scatter([place], [finite[place]], name, role, mark))
    return Figure(tuple(lines), "f per step, all four", Axis("step"), Axis(log=True))


def ellipse(level: float, turn: float) -> tuple[tuple[float, float], ...]:
    """A contour of 0.1 x² + 2 y²."""
    angle = 2 * math.pi * turn
    return ((math.sqrt(level / 0.1) * math.cos(angle), math.sqrt(level / 2) * math.sin(angle)),)


def banana(level: float, turn: float) -> tuple[tuple[float, float], ...]:
    """A contour of (1 - x)² + 100 (y - x²)²: above and below its floor y = x²."""
    x = 1 + math.sqrt(level) * math.cos(math.pi * turn)
    height = math.sqrt(max(0.0, level - (1 - x) ** 2)) / 10
    return (x, x * x + height), (x, x * x - height)


def pass_between(level: float, turn: float) -> tuple[tuple[float, float], ...]:
    """A contour of x² - y² + y⁴/4 + 1, where there is one at this y."""
    y = -2.4 + 4.8 * turn
    square = level - 1 + y * y - y**4 / 4
    return ((math.sqrt(square), y), (-math.sqrt(square), y)) if square >= 0 else ()


def aim(value: float, steps: int) -> Target:
    """All four within so many steps."""
    return Target("slowest", "<=", value, text=f"f below {value:g} for all four within {steps} steps")


SURFACES = {
    "rosenbrock": Course(
        lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
        (-1.2, 1.0),
        ((1.0, 1.0),),
        2000,
        TARGET,
        (0.001, 0.001, 0.001, 0.05),
        (-1.6, 1.6),
        (-0.5, 1.7),
        (0.05, 0.5, 2.0, 6.0),
        banana,
    ),
    "ravine": Course(
        lambda x, y: 0.1 * x**2 + 2 * y**2,
        (-5.0, -2.0),
        ((0.0, 0.0),),
        120,
        aim(1e-4, 120),
        (0.4, 0.1, 0.1, 0.5),
        (-5.5, 2.5),
        (-2.2, 2.2),
        (0.1, 0.5, 1.5, 4.0),
        ellipse,
    ),
    "saddle": Course(
        lambda x, y: x**2 - y**2 + y**4 / 4 + 1,
        (-1.5, 0.001),
        ((0.0, math.sqrt(2)), (0.0, -math.sqrt(2))),
        120,
        aim(1e-3, 120),
        (0.1, 0.05, 0.05, 0.1),
        (-1.8, 1.8),
        (-2.2, 2.2),
        (0.1, 0.5, 1.0, 2.0),
        pass_between,
    ),
}
