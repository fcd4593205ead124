"""A course of two exercises and one lab, small enough to train in a blink. Tests load it with runpy."""

from __future__ import annotations

from pathlib import Path

LAB = '''
"""A toy lab: halves a number again and again."""
from __future__ import annotations
from dataclasses import dataclass
import time
from tutor.training import Figure, Line, Target, choice, knob, toggle

TITLE = "Halving"
USES = ("shrink", "measure")
TARGET = Target("error", "<=", 0.01)
CURVES = ("error", "size")
LOG_AXIS = True
BREAK = (("shrink", "grows"), ("shrink", "raises"))

@dataclass(frozen=True)
class Knobs:
    steps: int = knob(20, 1, 100000, help="how many")
    rate: float = knob(0.5, 0.01, 1.0, log=True, help="how fast")
    nap: float = knob(0.0, 0.0, 1.0, help="seconds to sleep a step")
    style: str = choice("plain", "plain", "fancy", help="how")
    shout: bool = toggle(False, help="print")

def train(mine, log, device, knobs):
    log.note("made-up numbers")
    log.total(knobs.steps)
    value = 1.0
    for step in range(1, knobs.steps + 1):
        value = mine.shrink(value, knobs.rate)
        log(step, error=mine.measure(value), size=value)
        if knobs.shout:
            print("hello", step)
        if knobs.nap:
            time.sleep(knobs.nap)
    log.show(Figure((Line([0, 1], [0, value], "end"),), "picture"))
'''

SHRINK = """
def shrink(value: float, rate: float) -> float:
    return value * rate
"""

MEASURE = '''
from tutor.mine import shrink

def measure(value: float) -> float:
    """A need is met: shrink comes from the same run."""
    assert shrink(1.0, 0.5) is not None
    return abs(value)
'''

VARIANTS = """
from tutor.checks import accept, reject

@accept("the other way round")
def shrink(value, rate):
    return rate * value

@reject("grows", "It grows.")
def shrink(value, rate):
    return value / rate

@reject("raises", "It raises.")
def shrink(value, rate):
    raise ValueError("no " + "way")
"""

MEASURE_VARIANTS = """
from tutor.checks import accept, reject

@accept("by comparison")
def measure(value):
    return value if value > 0 else -value

@reject("negative", "It is negative.")
def measure(value):
    return -abs(value)
"""

EXPLORER = '''
"""A straight line."""
from dataclasses import dataclass
from tutor.training import Figure, Line, Note, choice, knob

TITLE = "A line"
TEACHES = "What a slope does: the line turns about the origin."

@dataclass(frozen=True)
class Knobs:
    slope: float = knob(1.0, -3.0, 3.0, step=0.5, help="how steep")
    style: str = choice("thin", "thin", "thick", help="how thick")

def draw(knobs):
    xs = [i / 10 for i in range(-20, 21)]
    return Figure((Line(xs, [knobs.slope * x for x in xs], f"slope {knobs.slope:g}"), Note(knobs.style)), "a line")
'''

TASK = """+++
id = "{id}"
title = "{title}"
level = 1
minutes = 5
framework = "numpy"
needs = {needs}
+++
Do it.

## Hint 1
Think.
"""


def make_course(root: Path) -> Path:
    """Write the course below `root` and give `root` back."""
    files = {
        "lessons/course.toml": 'id = "mini"\ntitle = "Mini"\nversion = "1"\nauthors = ["us"]\nlicence = "MIT"\n',
        "lessons/01_small/chapter.toml": (
            'id = "c01"\ntitle = "Small"\nsummary = "Small."\n'
            'exercises = ["shrink", "measure"]\nlabs = ["halve"]\nexplorers = ["slope"]\n'
        ),
        "lessons/01_small/01_small.md": (
            '+++\nid = "l01-1"\ntitle = "Small"\nminutes = 5\nobjectives = ["shrink"]\n+++\n# Small\n\nText.\n'
        ),
        "lessons/01_small/lab_halve.py": LAB,
        "lessons/01_small/explore_slope.py": EXPLORER,
    }
    for name, needs, solution, variants in (
        ("shrink", "[]", SHRINK, VARIANTS),
        ("measure", '["shrink"]', MEASURE, MEASURE_VARIANTS),
    ):
        files |= {
            f"exercises/01_small/{name}.md": TASK.format(id=name, title=name.title(), needs=needs),
            f"exercises/01_small/{name}.py": f"def {name}(*a):\n    # TODO: write it.\n    raise NotImplementedError\n",
            f"exercises/01_small/test_{name}.py": f'def test_{name}(mine):\n    """Works."""\n    assert mine.{name}\n',
            f"solutions/01_small/{name}.py": solution,
            f"solutions/01_small/{name}_variants.py": variants,
        }
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.lstrip("\n"), encoding="utf-8")
    return root
