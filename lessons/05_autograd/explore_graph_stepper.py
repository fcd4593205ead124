"""A computation graph, one step at a time: forward it fills with values, backward with gradients."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from tutor.training import Figure, Note, choice, knob

TITLE = "Computation-graph stepper"
TEACHES = (
    "Backward, a node hands its gradient times a slope to each parent. Used twice, it adds up what it gets, "
    "so it must wait for all its users. Try the other order."
)

Step = tuple[str, str, tuple[str, ...]]
"""Name, operation and arguments of one node."""

PROGRAMS: dict[str, tuple[Step, ...]] = {
    "a*b + a": (("d", "*", ("a", "b")), ("y", "+", ("d", "a"))),
    "tanh(a*b)": (("d", "*", ("a", "b")), ("y", "tanh", ("d",))),
    "(a*b + a)²": (("d", "*", ("a", "b")), ("e", "+", ("d", "a")), ("y", "²", ("e",))),
    "long and short": (("d", "*", ("a", "b")), ("e", "tanh", ("d",)), ("f", "²", ("e",)), ("y", "+", ("d", "f"))),
    "diamonds": (("d", "+", ("a", "b")), ("e", "*", ("d", "d")), ("f", "*", ("e", "d")), ("y", "+", ("e", "f"))),
}

SLOPES: dict[str, Callable[..., tuple[float, tuple[float, ...]]]] = {
    "+": lambda p, q: (p + q, (1.0, 1.0)),
    "*": lambda p, q: (p * q, (q, p)),
    "²": lambda p: (p * p, (2 * p,)),
    "tanh": lambda p: (math.tanh(p), (1 - math.tanh(p) ** 2,)),
}
"""Operation → value, and slope by each argument."""

FORMULAS = {"long and short": "d + tanh(d)², d = a*b", "diamonds": "d² + d³, d = a + b"}

Values = dict[str, float]


@dataclass(frozen=True)
class Knobs:
    """What can be turned."""

    expression: str = choice("a*b + a", *PROGRAMS, help="what is computed")
    step: int = knob(0, 0, 9, help="first forward, then backward; beyond the end nothing happens")
    a: float = knob(2.0, -3.0, 3.0, step=0.25, help="value of a")
    b: float = knob(-1.5, -3.0, 3.0, step=0.25, help="value of b")
    order: str = choice("sorted", "sorted", "breadth first", help="in which order the nodes hand down their gradients")
    collect: str = choice("add", "add", "overwrite", help="what a node does with a second gradient: += or =")


def draw(knobs: Knobs) -> Figure:
    """The tree below y, the order of the sweep, and what happens in this step."""
    program = PROGRAMS[knobs.expression]
    names = {name: (op, args) for name, op, args in program}
    values = {name: getattr(knobs, name) for name in "ab" if any(name in args for _, _, args in program)}
    sweep = (
        [name for name, _, _ in reversed(program)]
        if knobs.order == "sorted"
        else [n for n in breadth(names) if n in names]
    )
    last = len(program) + 1 + len(sweep)
    step = min(knobs.step, last)
    said, now = "Nothing has been computed yet. Leaves hold their numbers.", ""
    for name, op, args in program[:step]:
        values[name], now = forward(op, args, values), name
        filled = formula(op, [number(values[x]) for x in args])
        said = f"Forward: {name} = {formula(op, args)} = {filled} = {values[name]:.4g}."
    grads: Values = {}
    if step > len(program):
        grads, now, said = {"y": 1.0}, "y", "Backward begins: dy/dy = 1. No other node has a gradient yet."
    for name in sweep[: max(0, step - len(program) - 1)]:
        said, now = backward(name, names[name], values, grads, knobs.collect), name
    order = " ".join(f"[{n}]" if n == now and grads else n for n in sweep)
    head = f"step {step} of {last}   y = {FORMULAS.get(knobs.expression, knobs.expression)}"
    head += f"   sweep ({knobs.order}, {knobs.collect}): {order}"
    notes = [head, said, *tree("y", names, values, grads, now)]
    if step == last:
        notes.append(verdict(program, knobs, grads, values))
    return Figure(tuple(Note(line) for line in notes))


def formula(op: str, args: list[str] | tuple[str, ...]) -> str:
    """The operation as one writes it."""
    if op == "tanh":
        return f"tanh({args[0]})"
    return f"{args[0]}²" if op == "²" else f"{args[0]} {op} {args[1]}"


def number(x: float) -> str:
    """Short, and in brackets when negative."""
    return f"{x:.4g}" if x >= 0 else f"({x:.4g})"


def forward(op: str, args: tuple[str, ...], values: Values) -> float:
    """The value of one node."""
    return SLOPES[op](*(values[x] for x in args))[0]


def backward(name: str, node: tuple[str, tuple[str, ...]], values: Values, grads: Values, collect: str) -> str:
    """Hand the gradient of one node to its parents; tell what was done."""
    op, args = node
    mine = grads.get(name, 0.0)
    told = []
    for parent, slope in zip(args, SLOPES[op](*(values[x] for x in args))[1], strict=True):
        before, part = grads.get(parent), mine * slope
        grads[parent] = part if before is None or collect == "overwrite" else before + part
        rest = (
            ""
            if before is None
            else (
                f" and has {before:.4g} + {number(part)} = {grads[parent]:.4g}"
                if collect == "add"
                else " (old one lost)"
            )
        )
        told.append(f"{parent} gets {number(mine)}·{number(slope)} = {part:.4g}{rest}")
    return f"Backward through {name} = {formula(op, args)}: {'; '.join(told)}."


def breadth(names: dict[str, tuple[str, tuple[str, ...]]]) -> list[str]:
    """Level by level from the result: the tempting order that fails."""
    queue, seen = ["y"], ["y"]
    while queue:
        for parent in names.get(queue.pop(0), ("", ()))[1]:
            if parent not in seen:
                seen.append(parent)
                queue.append(parent)
    return seen


def tree(
    root: str, names: dict[str, tuple[str, tuple[str, ...]]], values: Values, grads: Values, now: str
) -> list[str]:
    """One row a node, its parents below it; a node that is used again is only named."""
    rows: list[str] = []
    shown: set[str] = set()

    def visit(name: str, stem: str, branch: str) -> None:
        op, args = names.get(name, ("", ()))
        again = name in shown and bool(args)
        text = f"{name} = {formula(op, args)}" if args and not again else f"{name} (again)" if name in shown else name
        value = f"{values[name]:9.4f}" if name in values else "        ·"
        grad = f"{grads[name]:9.4f}" if name in grads else "        ·"
        mark = "▶" if name == now and not again else " "
        rows.append(f"{mark} {stem + branch + text:<26}  value {value}   gradient {grad}")
        if again:
            return
        shown.add(name)
        stem += {"": "", "├─ ": "│  ", "└─ ": "   "}[branch]
        for i, arg in enumerate(args):
            visit(arg, stem, "├─ " if i + 1 < len(args) else "└─ ")

    visit(root, "", "")
    return rows


def verdict(program: tuple[Step, ...], knobs: Knobs, grads: Values, values: Values) -> str:
    """Compare the leaves with finite differences."""
    leaves = [name for name in "ab" if name in values]
    h, slopes = 1e-5, {}
    for leaf in leaves:
        ends = []
        for shift in (h, -h):
            moved = {name: getattr(knobs, name) + (shift if name == leaf else 0.0) for name in leaves}
            for name, op, args in program:
                moved[name] = forward(op, args, moved)
            ends.append(moved["y"])
        slopes[leaf] = (ends[0] - ends[1]) / (2 * h)
    right = all(abs(slopes[x] - grads.get(x, 0.0)) < 1e-4 * (1 + abs(slopes[x])) for x in leaves)
    said = ", ".join(f"dy/d{x} = {slopes[x]:.4f}" for x in leaves)
    return f"Finite differences: {said}. {'The sweep agrees.' if right else 'The sweep is WRONG.'}"
