"""`tutor course check`: the table, the problems in sentences, JSON, exit codes."""

from __future__ import annotations

import json

import pytest

from tutor import cli

GOOD = '''"""Checks."""
def test_it(mine):
    """Adds one."""
    assert mine.{name}(1.0) == 2.0
    assert mine.{name}(3.0) == 4.0
'''
STRONG = {f"exercises/01_first/test_{name}.py": GOOD.format(name=name) for name in ("add_one", "double_it")}


@pytest.fixture
def check(write_course, capsys):
    def run(*options, changes=None, course=None):
        root = course or write_course(STRONG | (changes or {}))
        capsys.readouterr()
        code = cli.main(["course", "--course", str(root), "check", *options])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def rows(out):
    return {line.split()[0]: line.split()[1:] for line in out.splitlines() if line.startswith(("add-one", "double-it"))}


def test_a_sound_course_has_nothing_to_put_right(check):
    code, out, err = check()
    assert (code, out.splitlines()[-1]) == (0, "✓ Nothing to put right.")
    assert rows(out)["double-it"][:6] == ["✓", "✓", "1/1", "1/1", "4", "100.0%"]
    assert "proving add-one (1 of 2)" in err
    assert "proving" not in out


def test_one_exercise_by_the_beginning_of_its_name(check):
    code, out, _ = check("add")
    assert (code, list(rows(out))) == (0, ["add-one"])


def test_options_may_come_before_the_exercises(check):
    code, out, _ = check("--seeds", "1", "--jobs", "1", "add-one", "double-it")
    assert (code, list(rows(out))) == (0, ["add-one", "double-it"])


def test_problems_are_sentences_and_the_exit_code_is_1(check):
    weak = 'def test_it(mine):\n    """Adds one."""\n    assert mine.add_one(1.0)\n'
    code, out, _ = check("add-one", changes={"exercises/01_first/test_add_one.py": weak})
    assert code == 1
    assert "a mutant survives: add_one: x + 1 → x + 2" in out
    assert "    +    return x + 2" in out
    assert "✗ add-one: the checks kill" in out
    assert out.splitlines()[-1] == "1 problem in 1 exercise."


def test_problems_of_the_texts_are_there_too(check):
    lesson = "lessons/01_first/02_more.md"
    text = '+++\nid = "l01-2"\ntitle = "More"\nminutes = 5\nobjectives = ["go on"]\n+++\nA [link](nowhere.md).\n'
    code, out, _ = check(changes={lesson: text})
    assert code == 1
    assert "02_more.md" in out
    assert rows(out).keys() == {"add-one", "double-it"}


def test_json_is_one_line_with_everything(check):
    code, out, _ = check("add-one", "--json")
    found = json.loads(out)
    assert (code, found["passed"], found["course"]) == (0, True, "small")
    (proof,) = found["exercises"]
    assert [program["role"] for program in proof["programs"]] == ["solution", "stub", "accept", "reject"]
    assert proof["programs"][3]["message"] == "Add."
    assert proof["mutants"] == {"tried": 4, "killed": 4, "rate": 1.0, "survivors": []}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("ad-one",), "no exercise called `ad-one`"),
        (("--seeds", "0"), "--seeds must be 1 or more, not 0"),
        (("--jobs", "-1"), "--jobs must be 1 or more"),
        (("--jobs", "x"), "invalid int value"),
    ],
)
def test_wrong_usage_is_exit_code_2(check, options, words):
    code, _, err = check(*options)
    assert code == 2
    assert words in err


def test_a_course_that_cannot_be_loaded_is_exit_code_2(check, tmp_path):
    code, _, err = check(course=tmp_path)
    assert code == 2
    assert "holds no course" in err


def test_full_means_more_seeds_and_all_mutants():
    from argparse import Namespace

    from tutor.commands.course import effort_of

    quick, full = (effort_of(Namespace(full=full, jobs=None, seeds=None)) for full in (False, True))
    assert (full.seeds, full.mutants) == (20, None)
    assert quick.seeds < full.seeds
    assert quick.mutants
    assert effort_of(Namespace(full=True, jobs=3, seeds=5)).seeds == 5
