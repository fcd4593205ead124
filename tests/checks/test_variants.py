"""Variants are read as text, and each becomes a program of its own made from the solution."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.checks.program import Programs, needed_by, needs_installed
from tutor.checks.variants import read_variants
from tutor.model import CourseError, Exercise

SOLUTION = '''"""The solution."""
import numpy as np
from tutor.mine import base
FACTOR = 2

def helper(x):
    return x + 1

def double(x):
    return FACTOR * x

def quadruple(x):
    return double(double(x)) + 0 * base()

class Layer:
    def __init__(self):
        self.w = double(1)

    def __call__(self, x):
        return self.w * x
'''

VARIANTS = '''"""Variants."""
from __future__ import annotations

import math

from tutor.checks import accept, reject, waive

waive("double: FACTOR * x → x * FACTOR", "multiplication commutes")


def own_helper(x):
    return double(x)


@accept("adds")
def double(x):
    return x + x


@reject("adds one", "You added 1.")
def double(x):
    return x + 1


@reject("halves at the end", "Half of it " "is missing.")
def quadruple(x):
    return own_helper(own_helper(x)) / math.sqrt(4)


@reject("calls its parent", "Too much.")
class Layer(Layer):
    def __call__(self, x):
        return super().__call__(x) + 1
'''


def exercise(folder: Path, name: str = "it", needs: tuple[str, ...] = ()) -> Exercise:
    files = [folder / f for f in (f"{name}.md", f"{name}.py", f"test_{name}.py", f"{name}_sol.py", f"{name}_var.py")]
    task, stub, checks, solution, variants = files
    return Exercise(name, name, "c", 1, 5, "numpy", task, stub, checks, solution, variants, needs)


@pytest.fixture
def programs(tmp_path):
    base, it = exercise(tmp_path, "base"), exercise(tmp_path, needs=("base",))
    base.solution.write_text("def base():\n    return 0\n")
    it.solution.write_text(SOLUTION, encoding="utf-8")
    it.variants.write_text(VARIANTS, encoding="utf-8")
    with needs_installed(needed_by(it, {"base": base, "it": it})):
        yield Programs.of(it)


def test_titles_messages_and_waivers_are_read(programs):
    file = programs.file
    assert [v.title for v in file.accepted] == ["adds"]
    assert [(v.title, v.message) for v in file.rejected[:2]] == [
        ("adds one", "You added 1."),
        ("halves at the end", "Half of it is missing."),
    ]
    assert [w.mutant for w in file.waivers] == ["double: FACTOR * x → x * FACTOR"]


def test_the_solution_calls_the_variants_function(programs):
    mine = programs.variant(programs.file.named("adds one"))
    assert (mine.double(5), mine.quadruple(5), mine.helper(5)) == (6, 7, 6)


def test_the_variant_sees_its_files_helpers_which_see_the_solution(programs):
    assert programs.variant(programs.file.named("halves at the end")).quadruple(3) == 6


def test_a_class_can_be_a_variant_of_the_solutions_class(programs):
    assert programs.variant(programs.file.named("calls its parent")).Layer()(3) == 7


def test_programs_share_nothing(programs):
    one, other = programs.solution(), programs.solution()
    one.FACTOR = 100
    assert other.double(2) == 4
    assert programs.public == ("helper", "double", "quadruple", "Layer")


def test_an_unknown_title_is_named(programs):
    with pytest.raises(CourseError, match="no variant 'subtracts'"):
        programs.file.named("subtracts")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("@reject('a')\ndef f(): ...", "it_var.py:2: `reject` takes plain texts: title, message"),
        ("@reject('a', f'{1}')\ndef f(): ...", "takes plain texts"),
        ("@accept('a', 'b')\ndef f(): ...", None),
        ("@accept('  ')\ndef f(): ...", "takes plain texts"),
        ("@accept('a')\ndef f(): ...\n@accept('a')\ndef f(): ...", "the title 'a' is used twice"),
        ("@accept('a')\n@reject('b', 'c')\ndef f(): ...", "registered twice"),
        ("waive('x')", "takes plain texts: mutant, reason"),
        ("def f(:", "it_var.py:1"),
    ],
)
def test_what_cannot_be_understood_is_named_with_its_line(tmp_path, source, words):
    path = tmp_path / "it_var.py"
    path.write_text(source)
    if words is None:
        assert read_variants(path).variants[0].title == "a"
        return
    with pytest.raises(CourseError) as caught:
        read_variants(path)
    assert words.removeprefix("it_var.py:2: ") in str(caught.value)


def test_needs_come_in_teaching_order_and_circles_are_refused(tmp_path):
    a, b, c = exercise(tmp_path, "a"), exercise(tmp_path, "b", ("a",)), exercise(tmp_path, "c", ("b", "a"))
    assert [e.id for e in needed_by(c, {"a": a, "b": b, "c": c})] == ["a", "b"]
    ring = {"a": exercise(tmp_path, "a", ("c",)), "b": b, "c": c}
    with pytest.raises(CourseError, match="needs itself"):
        needed_by(ring["c"], ring)
