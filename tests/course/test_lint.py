"""The content linter: silent on a sound course, and one sentence for each thing that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tutor.course.lint import lint_course, main
from tutor.course.lint_markdown import lint_markdown
from tutor.course.load import load_course
from tutor.course.run_fences import run

Write = Callable[..., Path]
START = "lessons/01_first/01_start.md"
MORE = "lessons/01_first/02_more.md"
CHAPTER = "lessons/01_first/chapter.toml"
TASK = "exercises/01_first/add_one.md"
STUB = "exercises/01_first/add_one.py"
CHECKS = "exercises/01_first/test_add_one.py"
SOLUTION = "solutions/01_first/add_one.py"
VARIANTS = "solutions/01_first/add_one_variants.py"
DOUBLE = "exercises/01_first/double_it.py"


def problems(root: Path, *, run_fences: bool = False) -> list[str]:
    return [str(problem) for problem in lint_course(load_course(root), run_fences=run_fences)]


def test_a_sound_course_has_no_problems(write_course: Write) -> None:
    assert problems(write_course(), run_fences=True) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "part"),
    [
        (START, "$x_i$", r"$\foo$", r"01_start.md:7: formula: the command \foo is not known, in \foo"),
        (START, "$x_i$", "$x_i", "formula: a $ is left over"),
        (START, "$x_i$", r"$\argmax_x f$", r"write \operatorname*{arg\,max}"),
        (START, "$x_i$", "$" + "x + " * 30 + "y$", "columns, 76 are there"),
        (START, "02_more.md", "02_moor.md", "link: `02_moor.md` leads nowhere; did you mean `02_more.md`"),
        (START, "**Tip**", "**Tipp**", "callout: `Tipp` is no callout; did you mean `Tip`"),
        (START, "print(1 + 1)\n```", "print(1 + 1)  #" + " long" * 20 + "\n```", "width: line 1 of this fence"),
        (START, "```python run", "```pyton run", "`pyton run` is not known after the fence marks; did you"),
        (START, "A formula", "<b>A</b> formula", "HTML cannot be shown"),
        (START, "A formula", "![x](y.png) formula", "images cannot be shown"),
        (START, "A formula", "    indented\n\nA formula", "indented by four columns"),
        (START, "## Do", "## Do\n" + "line\n\n" * 80, "length: the page `Do` has"),
        (START, "```exercise add-one\n```", "", "add_one.md: reach: no lesson has a fence ```exercise add-one```"),
        (START, "```lab line\n```", "", "lab_line.py: reach: no lesson has a fence ```lab line```"),
        (MORE, "Twice three.", r"Twice $\\foo$.", r"in question `q-print`: the command \foo"),
        (MORE, "Twice three.", r"Twice $\theta$.", "TOML has read a TeX command as an escape"),
        (MORE, "Twice three.", r"Twice $\nabla$.", "TOML has read a TeX command as an escape"),
        (CHAPTER, 'id = "c01"', 'id = "c01"\ndraft = true', "draft: the chapter is marked as a draft"),
        (TASK, "## Hint 2\n\nAdd.\n", "", "hints: 1 hints are too few"),
        (TASK, "| argument | shape |\n|---|---|\n| x | () |\n", "", "task: there is no table of arguments"),
        (TASK, "Example: 1 gives 2.", "", "task: there is no example"),
        (TASK, '"@"', '"@ "', "forbidden: `@ ` is neither"),
        (STUB, "# TODO: add", "", "stub: there is no `# TODO"),
        (STUB, "raise NotImplementedError", "return x", "no `raise NotImplementedError`"),
        (STUB, "x: float) -> float", "y: float) -> float", "stub: `add_one` is (y: float) -> float here, but"),
        (STUB, "def add_one", "def add_ome", "`add_one` of the solution is missing; did you mean `add_ome`"),
        (STUB, '"""x + 1, shape ()."""', "", "`add_one` has no docstring"),
        (STUB, "def add_one(", "def add_one(((", "add_one.py:1: this is not valid Python"),
        (CHECKS, '"""Adds one."""', '"""Adds one"""', "checks: `test_it` needs a docstring that begins"),
        (CHECKS, "(mine)", "()", "checks: `test_it` does not take `mine`"),
        (CHECKS, "def test_it", "def check_it", "checks: there is no check"),
        (VARIANTS, "def add_one(x):\n    return 1", "def add_o(x):\n    return 1", "`add_o` is not defined"),
        (VARIANTS, "subtracts", "other way", "needs a title of its own"),
        (VARIANTS, "@reject", "@accept", "there is no @reject variant"),
        (DOUBLE, "import add_one", "import add_ome", "needs: no exercise in `needs` defines `add_ome`; did you"),
    ],
)  # fmt: skip
def test_each_problem_is_told(
    write_course: Write, small_files: dict[str, str], file: str, old: str, new: str, part: str
) -> None:
    assert old in small_files[file]
    found = problems(write_course({file: small_files[file].replace(old, new, 1)}))
    assert any(part in text for text in found), found


def test_what_a_draft_leaves_out_is_told(write_course: Write, small_files: dict[str, str]) -> None:
    draft = small_files[CHAPTER] + "draft = true\n"
    found = problems(write_course({CHAPTER: draft, STUB: None, "lessons/01_first/explore_curve.py": None}))
    assert any("add_one.py: this file of exercise `add-one` is missing" in text for text in found)
    assert any("explore_curve.py: this file of explorer `curve` is missing" in text for text in found)


def test_an_exercise_that_no_chapter_lists_is_told(write_course: Write) -> None:
    found = problems(write_course({"exercises/01_first/stray.md": "+++\n+++\n"}))
    assert any("stray.md: unlisted" in text for text in found)


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("print(1 + 1)", "print(3)", "01_start.md:11: run: this code prints\n3\nnot\n2"),
        ("print(1 + 1)", "x = 1\n1 / 0", "run: this code fails: line 2: ZeroDivisionError"),
        ("print(1 + 1)", "raise SystemExit(3)", "run: this code fails: line 1: SystemExit: 3"),
        ("print(1 + 1)", "import os; os._exit(3)", "run: the code of this lesson ended the interpreter"),
        ("```python run\nprint(1 + 1)\n```\n", "", "run: this output belongs to no"),
    ],
)
def test_fences_run_and_print_what_they_say(
    write_course: Write, small_files: dict[str, str], old: str, new: str, part: str
) -> None:
    found = problems(write_course({START: small_files[START].replace(old, new)}), run_fences=True)
    assert any(part in text for text in found), found


def test_output_questions_are_run(write_course: Write, small_files: dict[str, str]) -> None:
    found = problems(write_course({MORE: small_files[MORE].replace('answer = "6"', 'answer = "5"')}), run_fences=True)
    assert any("02_more.md:9: run: this code prints\n6\nnot\n5" in text for text in found), found


def test_fences_share_a_namespace() -> None:
    results = run([("a", "x = 2"), ("b", "1 / 0"), ("c", "print(x)")])
    assert [r["output"] for r in results] == ["", "", "2\n"]
    assert "ZeroDivisionError" in results[1]["error"]


def test_line_numbers_are_those_of_the_file() -> None:
    found = list(lint_markdown("fine\n\n$\\bad$\n\n$$\n\\worse\n$$\n", Path("x.md"), 10))
    assert [(p.line, p.rule) for p in found] == [(12, "formula"), (14, "formula")]


def test_the_command_for_authors(
    write_course: Write, small_files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    root = write_course({TASK: small_files[TASK].replace("## Hint 2\n\nAdd.\n", "")})
    assert main([str(root), "--no-run"]) == 1
    assert "hints" in capsys.readouterr().out
    assert main([str(root), "double_it", "--no-run"]) == 0
    assert capsys.readouterr().out == "Nothing to put right.\n"
    assert main([str(root / "lessons")]) == 2
    assert "holds no course" in capsys.readouterr().out
