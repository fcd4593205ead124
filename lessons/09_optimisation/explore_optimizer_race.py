"""Two update rules side by side on the same surface, step by step."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tutor.training import Axis, Figure, Line, Note, Scatter, choice, knob

TITLE = "Optimiser race"
TEACHES = (
    "Momentum adds up what the steps agree on; what they do not agree on cancels. Adaptive rules step as far "
    "on a plateau as on a wall."
)

MU = 0.9
RULES = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
Gradient = tuple[float, float]
Window = tuple[float, float, float, float]
Points = tuple[list[float], list[float]]
Surface = tuple[
    Callable[[float, float], float], Callable[[float, float], Gradient], tuple[float, float], tuple[float, ...]
]


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    surface: str = choice("ravine", "ravine", "rosenbrock", "saddle", "plateau", help="what they run down")
    steps: int = knob(40, 0, 400, step=5, help="how many steps are shown: hold the key to let them run")
    first: str = choice("momentum", *RULES, help="rule of the first runner, ●")
    first_lr: float = knob(0.1, 1e-4, 10.0, log=True, step=10**0.25, help="its learning rate")
    second: str = choice("sgd", *RULES, help="rule of the second runner, ◆")
    second_lr: float = knob(0.1, 1e-4, 10.0, log=True, step=10**0.25, help="its learning rate")


def draw(knobs: Knobs) -> Figure:
    """The surface with both ways, and the value at each step."""
    f, _, _, (x0, x1, y0, y1), levels = SURFACES[knobs.surface]
    one = list(path(knobs.surface, knobs.first, knobs.first_lr, knobs.steps))
    two = list(path(knobs.surface, knobs.second, knobs.second_lr, knobs.steps))
    ground = Figure(
        (
            *(Line(*points, role="muted", marker="·", every=1) for level in levels for points in contour(knobs, level)),
            Line([x for x, _ in one], [y for _, y in one], role="mine"),
            Line([x for x, _ in two], [y for _, y in two], role="reference", marker="◇", every=2),
            Scatter([two[-1][0]], [two[-1][1]], knobs.second, "reference", "◆"),
            Scatter([one[-1][0]], [one[-1][1]], knobs.first, "mine", "●"),
        ),
        f"{knobs.surface} from above",
        Axis(low=x0, high=x1),
        Axis(low=y0, high=y1),
    )
    losses = [[max(f(x, y), 1e-9) for x, y in way] for way in (one, two)]
    last = max(1, knobs.steps)
    curve = Figure(
        (
            Line(range(len(losses[1])), losses[1], f"{losses[1][-1]:.1e}", "reference", "◇", 4),
            Line(range(len(losses[0])), losses[0], f"{losses[0][-1]:.1e}", "mine"),
        ),
        "f (log)",
        Axis("step", low=0, high=last),
        Axis(log=True),
    )
    text = "  ".join(words(n, w) for n, w in ((f"● {knobs.first}:", losses[0]), (f"◆ {knobs.second}:", losses[1])))
    return Figure((Note(text),), panels=(ground, curve), shares=(3, 2))


def path(surface: str, rule: str, lr: float, steps: int) -> Iterator[tuple[float, float]]:
    """The points of a run; ends early when it has flown away."""
    _, gradient, start, _, _ = SURFACES[surface]
    p, v, s = list(start), [0.0, 0.0], [0.0, 0.0]
    yield p[0], p[1]
    for t in range(1, steps + 1):
        g = gradient(p[0], p[1])
        for i in (0, 1):
            p[i] -= lr * STEPS[rule](g[i], v, s, i, t)
        if max(abs(p[0]), abs(p[1])) > 1e3:
            return
        yield p[0], p[1]


def _momentum(g: float, v: list[float], s: list[float], i: int, t: int) -> float:
    v[i] = MU * v[i] + g
    return v[i]


def _nesterov(g: float, v: list[float], s: list[float], i: int, t: int) -> float:
    v[i] = MU * v[i] + g
    return g + MU * v[i]


def _adagrad(g: float, v: list[float], s: list[float], i: int, t: int) -> float:
    s[i] += g * g
    return g / (math.sqrt(s[i]) + 1e-10)


def _rmsprop(g: float, v: list[float], s: list[float], i: int, t: int) -> float:
    s[i] = 0.99 * s[i] + 0.01 * g * g
    return g / (math.sqrt(s[i]) + 1e-8)


def _adam(g: float, v: list[float], s: list[float], i: int, t: int) -> float:
    v[i] = MU * v[i] + (1 - MU) * g
    s[i] = 0.999 * s[i] + 0.001 * g * g
    return v[i] / (1 - MU**t) / (math.sqrt(s[i] / (1 - 0.999**t)) + 1e-8)


STEPS: dict[str, Callable[[float, list[float], list[float], int, int], float]] = {
    "sgd": lambda g, v, s, i, t: g,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adam": _adam,
}


def _plateau(x: float, y: float) -> float:
    """A hole at the origin in a plain that is flat far from it."""
    return 1 - math.exp(-(x * x + y * y) / 2)


def _plateau_slope(x: float, y: float) -> Gradient:
    e = math.exp(-(x * x + y * y) / 2)
    return x * e, y * e


SURFACES: dict[str, Surface] = {
    "ravine": (
        lambda x, y: 0.1 * x * x + 2 * y * y,
        lambda x, y: (0.2 * x, 4 * y),
        (-5.0, -2.0),
        (-6.0, 4.0, -2.5, 2.5),
        (0.3, 1.5, 4.0),
    ),
    "rosenbrock": (
        lambda x, y: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
        lambda x, y: (-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)),
        (-1.2, 1.0),
        (-1.6, 1.6, -0.5, 1.7),
        (0.05, 0.5, 2.0, 6.0),
    ),
    "saddle": (
        lambda x, y: x * x - y * y + y**4 / 4 + 1,
        lambda x, y: (2 * x, y**3 - 2 * y),
        (-1.5, 0.001),
        (-1.8, 1.8, -2.2, 2.2),
        (0.1, 0.5, 1.0, 2.0),
    ),
    "plateau": (_plateau, _plateau_slope, (-4.0, 2.5), (-6.0, 4.0, -4.0, 4.0), (0.2, 0.6, 0.9, 0.99)),
}


def contour(knobs: Knobs, level: float) -> list[Points]:
    """The branches of the curve f = level, each as xs and ys."""
    turns = [i / 240 for i in range(241)]
    if knobs.surface in ("ravine", "plateau"):
        across, along = (0.1, 2.0) if knobs.surface == "ravine" else (0.5, 0.5)
        size = level if knobs.surface == "ravine" else -math.log(1 - level)
        a, b, angles = math.sqrt(size / across), math.sqrt(size / along), [2 * math.pi * t for t in turns]
        return [([a * math.cos(u) for u in angles], [b * math.sin(u) for u in angles])]
    if knobs.surface == "rosenbrock":
        xs = [1 + math.sqrt(level) * math.cos(math.pi * t) for t in turns]
        up = [math.sqrt(max(0.0, level - (1 - x) ** 2)) / 10 for x in xs]
        return [(xs, [x * x + sign * h for x, h in zip(xs, up, strict=True)]) for sign in (1, -1)]
    squares = [(y, level - 1 + y * y - y**4 / 4) for y in (4.8 * t - 2.4 for t in turns)]
    kept = [(y, math.sqrt(square)) for y, square in squares if square >= 0]
    return [([sign * x for _, x in kept], [y for y, _ in kept]) for sign in (1, -1)]


def words(name: str, losses: list[float]) -> str:
    """Where a runner is."""
    arrived = next((i for i, loss in enumerate(losses) if loss < 1e-3), None)
    if arrived is not None:
        return f"{name} below 0.001 at step {arrived}."
    if losses[-1] > 1e3 * losses[0]:
        return f"{name} flies away."
    return f"{name} f = {losses[-1]:.3g}."
