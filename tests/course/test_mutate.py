"""Mutants: every kind of small mistake is made, under a stable name, and nothing else is touched."""

from __future__ import annotations

import ast

import pytest

from tutor.course.mutate import mutants, sample


def names(source):
    return {mutant.name for mutant in mutants(source)}


def body(expression, before=""):
    return f"def f(x, y, axis=None):\n    {before or 'pass'}\n    return {expression}\n"


@pytest.mark.parametrize(
    ("expression", "changed"),
    [
        ("x + y", ["x - y"]),
        ("x - y", ["x + y", "y - x"]),
        ("x / y", ["x * y", "y / x"]),
        ("x ** 2", ["x * 2", "2 ** x"]),
        ("x @ y", ["x * y", "y @ x"]),
        ("x < y", ["x <= y", "x > y"]),
        ("x >= y", ["x > y", "x <= y"]),
        ("x == y", ["x != y"]),
        ("x is None", ["x is not None"]),
        ("x and y", ["x or y"]),
        ("-x", ["x"]),
        ("not x", ["x"]),
        ("x.sum(axis=axis)", ["x.sum()", "x.sum(axis=0)", "x.sum(axis=-1)", "x.mean(axis=axis)"]),
        ("x.sum(keepdims=True)", ["x.sum(keepdims=False)", "x.sum()"]),
        ("g(x, y)", ["g(y, x)"]),
        ("range(x)", ["range(x - 1)"]),
        ("range(1, x)", ["range(1, x - 1)", "range(2, x)", "range(0, x)", "range(x, 1)"]),
        ("np.maximum(x, 0)", ["np.minimum(x, 0)", "np.maximum(0, x)"]),
        ("max(x)", ["min(x)"]),
        ("x.T", ["x"]),
        ("x[:, None]", ["x[None, :]"]),
        ("x[1:y]", ["x[:y]", "x[1:]", "x[2:y]"]),
        ("x if y else -x", ["x", "-x"]),
        ("(x, y)", ["(y, x)"]),
    ],
)
def test_the_mistakes_that_people_make(expression, changed):
    made = names(body(expression))
    for mutation in changed:
        assert any(name.endswith(f"→ {mutation}") for name in made), (mutation, made)


@pytest.mark.parametrize(
    ("expression", "constants"),
    [("3", {"4", "2"}), ("0", {"1", "-1"}), ("True", {"False"}), ("0.5", {"1.5", "1.0"}), ("'mean'", {"'mean_'"})],
)
def test_constants(expression, constants):
    assert {n.rpartition("→ ")[2] for n in names(body(expression))} >= constants


def test_statements_are_dropped_and_changed():
    source = """
def f(x, n):
    total = 0
    for i in range(n):
        if i > 2:
            break
        total += x[i]
    else:
        total -= 1
    with lock():
        log(total)
    while n:
        n -= 1
    if n:
        raise ValueError("no")
    return total
"""
    made = names(source)
    for name in (
        "f: total = 0 → (dropped)",
        "f: for i in range(n): … → for i in []: …",
        "f: if i > 2: … → (dropped)",
        "f: if i > 2: … → if not i > 2: …",
        "f: break → continue",
        "f: total += x[i] → (dropped)",
        "f: total += x[i] → total -= x[i]",
        "f: total += x[i] → total = x[i]",
        "f: with lock(): … → if True: …",
        "f: log(total) → (dropped)",
        "f: while n: … → while not n: …",
        "f: raise ValueError('no') → (dropped)",
        "f: return total → (dropped)",
    ):
        assert name in made, name


def test_defaults_and_module_constants_are_mutated():
    assert {"f: -1 → 1", "module: 2 → 3"} <= names("K = 2\ndef f(x, axis=-1):\n    return K\n")


def test_words_for_people_are_left_alone():
    source = '''"""Module."""
from typing import Literal, cast
import numpy as np
class A:
    """Class."""
    size: int = 3
def f(x: "int", kind: Literal["a", "b"] = "a") -> "int":
    """Docstring with 1 number."""
    if x < 0:
        raise ValueError("x must be at least " + str(1 + 1))
    assert x, "message 1"
    with np.errstate(divide="ignore"):
        return cast("int", x)
'''
    made = " | ".join(names(source))
    for word in ("Docstring", "Module.", "Class.", "must be", "message", "divide", "Literal", "import"):
        assert word not in made.replace("raise ValueError('x must be at least ' + str(1 + 1)) → (dropped)", "")
    assert "A: 3 → 4" in made


def test_names_do_not_depend_on_formatting():
    one = "def f(x, y):\n    return x+y  # comment\n"
    other = '"""Doc."""\n\n\ndef f(\n    x,\n    y,\n):\n    return (\n        x\n        + y\n    )\n'
    assert names(one) == names(other)


def test_equal_expressions_are_numbered():
    made = [m.name for m in mutants("def f(x):\n    a = x + 1\n    b = x + 1\n    return a * b\n")]
    assert "f: x + 1 → x - 1" in made
    assert "f: x + 1 → x - 1 #2" in made
    assert len(made) == len(set(made))


def test_each_mutant_is_another_valid_program():
    source = "def f(x, n=2):\n    y = x[0:n]\n    return y.sum(axis=0) / n\n"
    found = mutants(source)
    texts = {m.source for m in found}
    assert len(texts) == len(found)
    assert ast.unparse(ast.parse(source)) not in texts
    for mutant in found:
        compile(mutant.source, "m", "exec")


def test_the_diff_is_the_changed_line():
    (diff,) = (m.diff for m in mutants("def f(x):\n    y = x + 1\n    return y\n") if m.name.endswith("x - 1"))
    assert diff == "-    y = x + 1\n+    y = x - 1"


def test_a_sample_is_the_same_each_time_and_spread():
    found = mutants("\n".join(f"def f{i}(x):\n    return x + {i}" for i in range(20)))
    assert sample(found, 10) == sample(found, 10)
    assert len(sample(found, 10)) == 10
    assert len({m.name[:3] for m in sample(found, 10)}) > 5
    assert sample(found, None) == found
    assert sample(found, 10_000) == found
