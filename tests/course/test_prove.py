"""The proof of an exercise: each way in which content can be wrong is found and said in a sentence."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tutor.course.prove import Effort, Proof, prove
from tutor.model import Exercise

SOLUTION = """
def total(x, weights=None):
    return sum(x) if weights is None else sum(a * w for a, w in zip(x, weights, strict=True))
"""

VARIANTS = """
from tutor.checks import accept, reject

@accept("loop")
def total(x, weights=None):
    result = 0.0
    for i, a in enumerate(x):
        result += a if weights is None else a * weights[i]
    return result

@reject("ignores the weights", "Where did the weights go?")
def total(x, weights=None):
    return sum(x)

@reject("averages", "You divided by the number of items.")
def total(x, weights=None):
    return sum(x) / len(x)
"""

CHECKS = '''
from tutor.checks import draws, same

def reference(x, weights=None):
    return float(sum(a * (1 if weights is None else weights[i]) for i, a in enumerate(x)))

@draws(6)
def test_plain(mine, draw):
    """Adds up."""
    same(mine.total, reference, draw.array(draw.int(2, 5)).tolist())

@draws(6)
def test_weighted(mine, draw):
    """Weighs each item."""
    n = draw.int(2, 5)
    same(mine.total, reference, draw.array(n).tolist(), draw.array(n).tolist())

def test_lengths(mine):
    """Refuses weights of another length."""
    from tutor.checks import raises
    raises(ValueError, mine.total, [1.0], [1.0, 2.0])
    raises(ValueError, mine.total, [1.0, 2.0], [1.0])
'''

STUB = "def total(x, weights=None):\n    raise NotImplementedError\n"

STRICT_LOOP = """
from tutor.checks import accept, reject, waive

waive("total: zip(x, weights, strict=True) → zip(weights, x, strict=True)", "a product commutes")

@accept("loop")
def total(x, weights=None):
    if weights is not None and len(weights) != len(x):
        raise ValueError
    result = 0.0
    for i, a in enumerate(x):
        result += a if weights is None else a * weights[i]
    return result

@reject("ignores the weights", "Where did the weights go?")
def total(x, weights=None):
    return sum(x)

@reject("averages", "You divided by the number of items.")
def total(x, weights=None):
    return sum(x) / len(x)
"""


@pytest.fixture
def proved(tmp_path: Path):
    def run(solution=SOLUTION, variants=STRICT_LOOP, checks=CHECKS, stub=STUB, mutants=0, forbidden=()) -> Proof:
        files = [tmp_path / n for n in ("it.md", "it.py", "test_it.py", "it_solution.py", "it_variants.py")]
        for path, text in zip(files[1:], (stub, checks, solution, variants), strict=True):
            path.write_text(textwrap.dedent(text), encoding="utf-8")
        exercise = Exercise("it", "it", "c", 1, 5, "numpy", *files, forbidden=forbidden)
        return prove(exercise, {"it": exercise}, Effort(seeds=2, mutants=mutants, mutant_seeds=1, jobs=2))

    return run


def test_a_good_exercise_has_no_problems(proved):
    proof = proved()
    assert proof.problems == ()
    assert [proof.tally(role) for role in ("solution", "stub", "accept", "reject")] == [(1, 1), (1, 1), (1, 1), (2, 2)]
    assert [o.shown for o in proof.outcomes if o.role == "reject"] == [
        "Where did the weights go?",
        "You divided by the number of items.",
    ]


def test_an_accepted_variant_that_fails_is_named_with_the_check(proved):
    (problem,) = proved(variants=VARIANTS).problems
    assert problem.startswith("accept 'loop': test_lengths")
    assert "no ValueError was raised" in problem


def test_a_wrong_solution_is_named_and_its_mutants_are_not_tried(proved):
    proof = proved(solution="def total(x, weights=None):\n    return sum(x) + 1\n", mutants=None)
    assert any(problem.startswith("solution: test_plain, draw 1 of 6") for problem in proof.problems)
    assert proof.kills is None


def test_a_check_that_passes_on_the_stub_is_named(proved):
    problems = proved(checks=CHECKS + "\ndef test_exists(mine):\n    assert callable(mine.total)\n").problems
    assert "stub: passes test_exists although nothing is implemented" in problems


def test_a_rejected_variant_that_passes_is_named(proved):
    extra = "\n@reject('right after all', 'No.')\ndef total(x, weights=None):\n    return _total(x, weights)\n"
    helper = (
        "\ndef _total(x, weights):\n    return sum(a * w for a, w in zip(x, weights or [1.0] * len(x), strict=True))\n"
    )
    assert (
        "reject 'right after all': passes every check (seed 0)"
        in proved(variants=STRICT_LOOP + helper + extra).problems
    )


def test_a_message_that_is_never_shown_is_named(proved):
    extra = "\n@reject('ignores them, too', 'The weights!')\ndef total(x, weights=None):\n    return sum(list(x))\n"
    (problem,) = proved(variants=STRICT_LOOP + extra).problems
    assert problem.startswith("reject 'ignores them, too': the message of 'ignores the weights' is shown instead")


def test_an_endless_variant_is_named(proved, monkeypatch):
    monkeypatch.setattr("tutor.course.prove.PROGRAM_SECONDS", 1.0)
    extra = "\n@reject('never ends', 'Stop.')\ndef total(x, weights=None):\n    while True: pass\n"
    problems = proved(variants=extra.replace("\n@", "from tutor.checks import reject\n@", 1)).problems
    assert "reject 'never ends': took too long or too much memory" in problems


def test_forbidden_operations_in_the_courses_own_programs_are_named(proved):
    (problem,) = proved(
        solution="import math\n" + SOLUTION.replace("sum(x)", "math.fsum(x)"), forbidden=("math.fsum",)
    ).problems
    assert problem == "solution: uses what the exercise forbids: math.fsum"


@pytest.mark.parametrize(
    ("part", "text", "words"),
    [
        ("solution", "def total(:\n", "SyntaxError"),
        ("variants", "def total(:\n", "it_variants.py:1"),
        ("checks", "import nowhere\n", "cannot be run: ModuleNotFoundError: No module named 'nowhere'"),
        ("solution", "from tutor.mine import nothing\n", "cannot import name 'nothing'"),
    ],
)
def test_content_that_cannot_be_loaded_is_a_sentence(proved, part, text, words):
    problems = proved(**{part: text}).problems
    assert any(words in problem for problem in problems), problems


# -- mutants


def test_good_checks_kill_the_mutants(proved):
    proof = proved(mutants=None)
    assert proof.problems == ()
    assert proof.kills.rate == 1.0
    assert proof.kills.tried == 8
    assert [s.waived for s in proof.kills.survivors] == ["a product commutes"]


def weak_checks():
    return CHECKS.partition("@draws(6)\ndef test_weighted")[0]


def test_weak_checks_let_mutants_live_and_each_is_shown(proved):
    proof = proved(checks=weak_checks(), variants="", mutants=None)
    assert any("of the mutants, 95% are asked" in problem for problem in proof.problems)
    survivor = next(s for s in proof.kills.survivors if s.name == "total: a * w → a / w")
    assert survivor.diff.splitlines()[1].strip().startswith("+")
    assert "a / w" in survivor.diff


WAIVERS = """
from tutor.checks import waive
waive({name!r}, "for the test")
"""


def test_a_waived_survivor_does_not_count(proved):
    before = proved(checks=weak_checks(), variants="", mutants=None).kills
    after = proved(checks=weak_checks(), variants=WAIVERS.format(name="total: a * w → a / w"), mutants=None).kills
    assert after.rate > before.rate
    assert next(s for s in after.survivors if s.waived).waived == "for the test"


def test_waivers_must_name_living_mutants(proved):
    problems = proved(variants=WAIVERS.format(name="total: a * w → a % w"), mutants=None).problems
    assert any("there is no mutant 'total: a * w → a % w'; did you mean 'total: a * w → a / w'?" in p for p in problems)
    problems = proved(variants=WAIVERS.format(name="total: a * w → a / w"), mutants=None).problems
    assert any("but the checks kill it" in p for p in problems)


def test_an_endless_mutant_is_killed_by_the_clock(proved, monkeypatch):
    monkeypatch.setattr("tutor.course.kill.SLOWNESS", 0.0)
    monkeypatch.setattr("tutor.course.kill.PATIENCE", 1.0)
    solution = """
        def total(x, weights=None):
            i = 0
            s = 0.0
            while i < len(x):
                s = s + x[i]
                i = i + 1
            return s
    """
    proof = proved(solution=solution, checks=weak_checks(), variants="", mutants=None)
    assert proof.kills.rate == 1.0
