"""Front matter, pages, tasks, quizzes and plain printing."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tutor.model import CourseError
from tutor.text.fences import Fence, Line, walk
from tutor.text.frontmatter import parse_toml, read_text, split
from tutor.text.lesson import Live, Prose, parse_lesson, parse_pages
from tutor.text.markdown import callout_kind, markdown_parser, stray_dollar
from tutor.text.plain import (
    Style,
    lesson_text,
    markdown_text,
    page_text,
    print_markdown,
    quiz_text,
    style_for,
    to_ascii,
    write,
)
from tutor.text.plain.style import visible
from tutor.text.quiz import judge_choice, judge_typed, parse_number, parse_quiz, parse_shape
from tutor.text.task import parse_task

WHERE = Path("lessons/01_a/01_b.md")

LESSON = """+++
id = "l01-1"
title = "Shapes"
minutes = 5
objectives = ["count axes"]
+++
Before.

## One

Text with `## not a page`.

```python run
## nor this
print(1)
```

```exercise hello-grader
```

After.

## Two

```quiz
[[question]]
id = "q"
kind = "number"
ask = "1 + 1?"
answer = 2
why = "Count."
otherwise = "Count again."
```
"""


def write_file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


class TestFrontMatter:
    def test_splits(self) -> None:
        table, body, line = split('+++\na = "x"\n+++\nbody\n', WHERE)
        assert (table.text("a"), body, line) == ("x", "body\n", 4)

    @pytest.mark.parametrize(
        ("text", "part"),
        [
            ("# no front", "01_b.md:1: the first line"),
            ("+++\na = 1\n", "no closing"),
            ("+++\na = 1\nb = = 2\n+++\n", "01_b.md:3: this is not valid TOML"),
            ("+++\na = 1\na = 2\n+++\n", "valid TOML"),
        ],
    )
    def test_tells_where_it_is_broken(self, text: str, part: str) -> None:
        with pytest.raises(CourseError, match=part):
            split(text, WHERE)

    @pytest.mark.parametrize(
        ("source", "read", "part"),
        [
            ("x = 1", lambda t: t.text("x"), "01_b.md:1: `x` must be a text"),
            ('x = " "', lambda t: t.text("x"), "must be a text"),
            ("x = true", lambda t: t.integer("x"), "whole number"),
            ("x = 9", lambda t: t.integer("x", low=1, high=5), "between 1 and 5"),
            ('x = "1"', lambda t: t.number("x"), "a number"),
            ("x = 1", lambda t: t.flag("x"), "true or false"),
            ('x = ["a", 1]', lambda t: t.texts("x"), "list of texts"),
            ('x = ["a", "a"]', lambda t: t.texts("x"), "`a` twice"),
            ('x = "nunpy"', lambda t: t.one_of("x", ("numpy", "torch")), "did you mean `numpy`"),
            ("x = 1", lambda t: t.tables("x"), r"\[\[x\]\]"),
            ("y = 1", lambda t: t.text("x"), "`x` is missing"),
        ],
    )
    def test_each_kind_of_value_is_checked(self, source: str, read: object, part: str) -> None:
        with pytest.raises(CourseError, match=part):
            read(parse_toml(source, WHERE))  # type: ignore[operator]

    def test_the_line_is_that_of_the_table_meant(self) -> None:
        source = '[[q]]\nkind = "a"\n[[q]]\nkind = "b"\n'
        second = parse_toml(source, WHERE, 10).tables("q")[1]
        with pytest.raises(CourseError, match=r"01_b.md:13: `kind` cannot be `b`"):
            second.one_of("kind", ("a",))

    def test_an_unknown_key_is_an_error_with_the_nearest_one(self) -> None:
        table = parse_toml('titel = "x"', WHERE)
        table.has("title")
        with pytest.raises(CourseError, match=r"`titel` is not a key.*did you mean `title`"):
            table.finish()

    def test_a_file_that_is_not_utf8_is_named_with_its_line(self, tmp_path: Path) -> None:
        path = tmp_path / "x.md"
        path.write_bytes(b"one\ntwo \xff\n")
        with pytest.raises(CourseError, match=r"x\.md:2: this is not UTF-8"):
            read_text(path)

    def test_windows_line_ends_are_read(self, tmp_path: Path) -> None:
        path = tmp_path / "x.md"
        path.write_bytes(b"a\r\nb\r\n")
        assert read_text(path) == "a\nb\n"


class TestPages:
    def test_pages_and_blocks(self, tmp_path: Path) -> None:
        document = parse_lesson(write_file(tmp_path, "01_b.md", LESSON))
        assert document.front.objectives == ("count axes",)
        assert [page.title for page in document.pages] == ["Shapes", "One", "Two"]
        first, live, last = document.pages[1].blocks
        assert isinstance(first, Prose)
        assert first.markdown.startswith("## One")
        assert "## nor this" in first.markdown
        assert live == Live("exercise", "hello-grader", "", 18)
        assert isinstance(last, Prose)
        assert LESSON.split("\n")[last.line - 1] == "After."
        quiz = document.pages[2].blocks[1]
        assert isinstance(quiz, Live)
        assert quiz.kind == "quiz"
        assert sum(page.lines for page in document.pages) == LESSON.count("\n") + 1 - 6

    def test_a_lesson_without_an_introduction_begins_with_its_first_page(self) -> None:
        assert [p.title for p in parse_pages("\n## A\n\ntext\n", "T", WHERE)] == ["A"]

    @pytest.mark.parametrize(
        ("body", "part"),
        [
            ("```exercise\n```", "write `exercise NAME`"),
            ("```exercise a b\n```", "write `exercise NAME`"),
            ("```lab x\nbody\n```", "write `lab NAME`"),
            ("```quiz\n```", "question"),
            ("text\n\n```python\nnever closed", "01_b.md:3: this code fence is never closed"),
        ],
    )
    def test_broken_live_parts(self, body: str, part: str) -> None:
        with pytest.raises(CourseError, match=part):
            parse_pages(body, "T", WHERE)

    def test_an_empty_lesson_is_an_error(self, tmp_path: Path) -> None:
        text = LESSON.split("Before.")[0]
        with pytest.raises(CourseError, match="no text"):
            parse_lesson(write_file(tmp_path, "01_b.md", text))

    def test_a_longer_fence_may_hold_a_shorter_one(self) -> None:
        parts = list(walk("a\n````text\n```\n````\nb"))
        assert parts == [Line(1, "a"), Fence(2, "text", "```", "````text\n```\n````"), Line(5, "b")]


class TestTasks:
    @staticmethod
    def parse(tmp_path: Path, body: str) -> tuple[str, tuple[str, ...]]:
        task = parse_task(write_file(tmp_path, "x.md", f'+++\nid = "x"\n+++\n{body}'))
        return task.body, task.hints

    def test_body_and_hints(self, tmp_path: Path) -> None:
        body = "Do it.\n\n```text\n## Hint 9\n```\n\n## Hint 1\n\nA.\n\n## Hint 2\n\nB.\n"
        text, hints = self.parse(tmp_path, body)
        assert text.startswith("Do it.")
        assert "## Hint 9" in text
        assert hints == ("A.", "B.")

    @pytest.mark.parametrize(
        ("body", "part"),
        [
            ("T\n\n## Hint 2\n\nx", r"x\.md:6: this should be `## Hint 1`"),
            ("T\n\n## Hint 1\n\nx\n\n## More\n\ny", "must be the last"),
            ("T\n\n## Hint 1\n\n", "hint 1 is empty"),
            ("## Hint 1\n\nx", "no text"),
        ],
    )
    def test_errors(self, tmp_path: Path, body: str, part: str) -> None:
        with pytest.raises(CourseError, match=part):
            self.parse(tmp_path, body)


CHOICE = """
[[question]]
id = "q-c"
kind = "choice"
ask = "Which?"
[[question.option]]
text = "a"
why = "No."
[[question.option]]
text = "b"
right = true
why = "Yes."
"""

SHAPE = """
[[question]]
id = "q-s"
kind = "shape"
ask = "Shape of `x[:, None]`?"
answer = "(3, 1)"
why = "None adds an axis."
otherwise = "Count the axes."
[[question.wrong]]
answer = "(1, 3)"
why = "That is x[None]."
"""


class TestQuizzes:
    def test_a_choice_explains_every_answer(self) -> None:
        (question,) = parse_quiz(CHOICE)
        assert judge_choice(question, frozenset({1})).right
        wrong = judge_choice(question, frozenset({0}))
        assert (wrong.right, wrong.why, wrong.valid) == (False, "No.", True)
        assert not judge_choice(question, frozenset()).valid

    def test_several_right_options_must_all_be_chosen(self) -> None:
        (question,) = parse_quiz(CHOICE + '[[question.option]]\ntext = "c"\nright = true\nwhy = "Also."\n')
        assert question.several
        assert judge_choice(question, frozenset({1, 2})).right
        some = judge_choice(question, frozenset({1}))
        assert not some.right
        assert "more to choose" in some.why
        assert not judge_choice(question, frozenset({0, 1, 2})).right

    @pytest.mark.parametrize("given", ["(3, 1)", "3,1", "[3, 1]", "3 x 1", "torch.Size([3, 1])", " ( 3 ,1 ) "])
    def test_a_shape_may_be_written_in_many_ways(self, given: str) -> None:
        (question,) = parse_quiz(SHAPE)
        assert judge_typed(question, given).right

    def test_a_wrong_shape_is_explained(self) -> None:
        (question,) = parse_quiz(SHAPE)
        assert judge_typed(question, "1, 3").why == "That is x[None]."
        assert judge_typed(question, "(3,)").why == "Count the axes."
        unclear = judge_typed(question, "three by one")
        assert not unclear.valid
        assert "shape" in unclear.why

    def test_numbers(self) -> None:
        (question,) = parse_quiz(
            '[[question]]\nid="q"\nkind="number"\nask="?"\nanswer=2.303\ntolerance=0.01\nwhy="y"\notherwise="o"\n'
        )
        assert judge_typed(question, "2.3").right
        assert judge_typed(question, "2,31").right
        assert not judge_typed(question, "2.33").right
        assert not judge_typed(question, "ln 10").valid

    def test_outputs_are_compared_by_value_or_without_white_space(self) -> None:
        (question,) = parse_quiz(
            '[[question]]\nid="q"\nkind="output"\nask="?"\ncode="print([1, 2])"\nanswer="[1, 2]"\nwhy="y"\n'
            'otherwise="o"\n'
        )
        assert judge_typed(question, "[1,2]").right
        assert not judge_typed(question, "[1, 3]").right
        assert not judge_typed(question, "  ").valid

    @pytest.mark.parametrize(
        ("text", "value"),
        [("(3, 1)", (3, 1)), ("()", ()), ("(5,)", (5,)), ("error", "error"), ("", None), ("(a)", None), ("3.5", None)],
    )
    def test_shapes(self, text: str, value: object) -> None:
        assert parse_shape(text) == value

    @pytest.mark.parametrize(
        ("text", "value"),
        [("3/4", 0.75), ("−2", -2.0), ("1e-3", 1e-3), ("∞", float("inf")), ("1/0", None), ("x", None)],
    )
    def test_numbers_as_learners_write_them(self, text: str, value: float | None) -> None:
        assert parse_number(text) == value

    @pytest.mark.parametrize(
        ("old", "new", "part"),
        [
            ('kind = "choice"', 'kind = "chioce"', "did you mean `choice`"),
            ("right = true", "right = false", "true for at least one"),
            ('why = "No."', "right = true\nwhy = 'x'", "not for all"),
            ('why = "Yes."', "", "`why` is missing"),
            ('id = "q-c"', 'id = "q-c"\nanswer = 2', "`answer` is not a key"),
        ],
    )
    def test_broken_questions(self, old: str, new: str, part: str) -> None:
        with pytest.raises(CourseError, match=part):
            parse_quiz(CHOICE.replace(old, new))

    def test_an_answer_nobody_could_type_is_an_error(self) -> None:
        with pytest.raises(CourseError, match="must be a shape"):
            parse_quiz(SHAPE.replace("(3, 1)", "(n, 1)"))

    def test_a_quiz_without_questions_is_an_error(self) -> None:
        with pytest.raises(CourseError, match="at least one"):
            parse_quiz("# nothing")


MARKDOWN = """# Title

A paragraph with **bold**, *emphasis*, `code`, $x_i^2$ and a [link](https://example.org/a), long enough to be broken
into lines of the terminal's width.

- one
- two
  - nested

3. three
4. four

> **Careful** Mind the gap.

```python
def f(x):
    return x  # kept as it is
```

```output
[1 2]
```

$$
\\frac{a}{b}
$$

| a | b |
|:--|--:|
| x | $y$ |

---
"""


class TestPlain:
    def test_the_whole_dialect(self) -> None:
        assert markdown_text(MARKDOWN, Style(columns=60)) == (
            "Title\n=====\n\n"
            "A paragraph with bold, emphasis, `code`, xᵢ² and a link\n"
            "(https://example.org/a), long enough to be broken into lines\n"
            "of the terminal's width.\n\n"
            "• one\n• two\n  • nested\n\n"
            "3. three\n4. four\n\n"
            "│ Careful: Mind the gap.\n\n"
            "    def f(x):\n        return x  # kept as it is\n\n"
            "    │ [1 2]\n\n"
            "     a\n    ───\n     b\n\n"
            "a │ b\n──┼──\nx │ y\n\n" + "─" * 60 + "\n"
        )

    def test_no_line_is_wider_than_the_terminal(self) -> None:
        words = " ".join(f"word{i} $x_{{{i}}}$ `c{i}`" for i in range(60))
        text = markdown_text(f"{words}\n\n- {words}\n\n> {words}\n\n| a | b |\n|--|--|\n| {words} | {words} |\n")
        assert max(map(visible, text.splitlines())) <= 76

    def test_colour_only_adds_colour(self) -> None:
        import re

        plain = markdown_text(MARKDOWN, Style())
        colored = re.sub(r"\x1b\[[0-9;]*m", "", markdown_text(MARKDOWN, Style(color=True)))
        assert "\x1b[" not in plain
        assert colored.replace("code", "`code`", 1).split() == [w for w in plain.split() if w != "====="]

    def test_a_terminal_without_unicode_gets_ascii_and_the_tex(self) -> None:
        text = markdown_text(MARKDOWN, Style(unicode=False))
        assert text.isascii()
        assert "$x_i^2$" in text
        assert "\\frac{a}{b}" in text
        assert to_ascii("naïve → “x” ≤ ½ 汉") == 'naive -> "x" <= 1/2 ?'

    def test_writing_to_a_stream_that_cannot_encode(self) -> None:
        raw = io.BytesIO()
        stream = io.TextIOWrapper(raw, encoding="ascii")
        print_markdown("a → b, $\\alpha$", stream)
        write("x ≤ y\n", stream)
        stream.flush()
        assert raw.getvalue() == b"a -> b, $\\alpha$\nx <= y\n"

    def test_colour_needs_a_terminal_and_no_no_color(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        monkeypatch.setenv("TERM", "xterm")
        assert not style_for(io.StringIO()).color
        assert style_for(Terminal()).color
        monkeypatch.setenv("NO_COLOR", "1")
        assert not style_for(Terminal()).color
        monkeypatch.delenv("NO_COLOR")
        monkeypatch.setenv("TERM", "dumb")
        assert not style_for(Terminal()).color

    def test_a_lesson_with_its_live_parts(self, tmp_path: Path) -> None:
        document = parse_lesson(write_file(tmp_path, "01_b.md", LESSON))
        text = lesson_text(document)
        assert "Shapes\n======" in text
        assert "• count axes" in text
        assert "▶ Exercise hello-grader: tutor show hello-grader" in text
        assert "Question 1 + 1?" in text
        assert page_text(document.pages[1], describe=lambda live: live.target).count("▶ hello-grader\n") == 1

    def test_quiz_answers_are_shown_on_demand_only(self) -> None:
        questions = parse_quiz(CHOICE) + parse_quiz(SHAPE)
        hidden, shown = quiz_text(questions), quiz_text(questions, answers=True)
        assert "a) a" in hidden
        assert "Yes." not in hidden
        assert "None adds" not in hidden
        assert "b) right – Yes." in shown
        assert "Answer `(3, 1)` – None adds an axis." in shown


def test_callouts_are_recognised_by_their_first_word() -> None:
    assert callout_kind("**Tip** do") == "Tip"
    assert callout_kind("> **Careful** do") == "Careful"
    assert callout_kind("**Bold** words") is None
    assert callout_kind("words **Tip**") is None


@pytest.mark.parametrize(
    ("source", "stray"),
    [("$x$", False), (r"costs \$5", False), ("`$HOME`", False), ("costs $5", True), ("$x$ and $", True), ("", False)],
)
def test_stray_dollars(source: str, stray: bool) -> None:
    assert stray_dollar(source) is stray


@pytest.mark.parametrize(("source", "formulas"), [("$x$ is 0", 1), ("- $x$ 1", 1), ("$x$ = $y$ 2", 2), ("5$x$ 0", 0)])
def test_a_formula_at_the_start_of_a_text_that_ends_with_a_digit(source: str, formulas: int) -> None:
    tokens = [child.type for token in markdown_parser().parse(source) for child in token.children or ()]
    assert tokens.count("math_inline") == formulas
