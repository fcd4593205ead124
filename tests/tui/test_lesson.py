"""Lessons on the screen: pages, keys, formulas, live cards, links and quizzes."""

from __future__ import annotations

import pytest
from textual.widgets import Input, Markdown

from tutor.model import CourseError
from tutor.tui._textual_private import screen_text
from tutor.tui.lesson_links import page_of
from tutor.tui.screens.lesson import LessonScreen, PageScroll
from tutor.tui.widgets.lesson_markdown import LessonFence, LessonQuote, MathBlock
from tutor.tui.widgets.live_card import LiveCard
from tutor.tui.widgets.quiz import Choices, QuestionView

BODY = """
A classifier outputs *logits* $z_i$.

$$
p_i = \\frac{e^{z_i}}{\\sum_j e^{z_j}}
$$

> **Careful** Never [forget](#the-practice) the axis.

## The practice

```exercise softmax
```

```lab digits
```

```explore heat
```

| a | b |
|---|---|
| one | $x_1$ |
| two | $x_2$ |

See [the first lesson](../01_first_steps/01_lesson.md), [the task](../../exercises/01_first_steps/say_hello.md),
[the web](https://example.org) and [nowhere](nowhere.md).

```python run
print("a b")
```

```output
a b
```

## Questions

```quiz
[[question]]
id = "q-one"
kind = "choice"
ask = "Which $x$ is right?"
[[question.option]]
text = "the first"
why = "The first is `wrong`."
[[question.option]]
text = 'the second, $x_2$'
right = true
why = "Because it says so."
[[question]]
id = "q-many"
kind = "choice"
ask = "Which two?"
[[question.option]]
text = "A"
right = true
why = "A yes."
[[question.option]]
text = "B"
why = "B no."
[[question.option]]
text = "C"
right = true
why = "C yes."
[[question]]
id = "q-shape"
kind = "shape"
ask = "Shape?"
answer = "(3, 1)"
why = "An axis more."
otherwise = "Count the axes."
[[question.wrong]]
answer = "(3,)"
why = "One axis more."
```
"""


@pytest.fixture
def lesson(session):
    """The second lesson of the small course, with a text of its own."""
    path = session.course.lessons[1].path
    front = path.read_text(encoding="utf-8").split("+++")[1]
    path.write_text(f"+++{front}+++\n{BODY}", encoding="utf-8")
    return session.course.lessons[1].id


@pytest.fixture
def read(start, until, lesson):
    """Run the app on the lesson and wait until its page is there."""

    def opened(size=(80, 24)):
        return _Reading(start(lesson, size=size), until)

    return opened


class _Reading:
    def __init__(self, context, until) -> None:
        self._context, self._until = context, until

    async def __aenter__(self):
        self.pilot = await self._context.__aenter__()
        await self._until(self.pilot, lambda: isinstance(self.pilot.app.screen, LessonScreen))
        await self.shows("page 1 of 3")
        return self

    async def __aexit__(self, *error):
        await self._context.__aexit__(*error)

    @property
    def screen(self) -> LessonScreen:
        return self.pilot.app.screen

    async def shows(self, *texts: str) -> None:
        await self._until(self.pilot, lambda: all(text in screen_text(self.pilot.app) for text in texts))

    async def until(self, condition) -> None:
        await self._until(self.pilot, condition)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)


async def test_the_first_page(read, golden) -> None:
    async with read() as reading:
        await reading.shows("Careful Never forget the axis", "pᵢ = ")
        golden("lesson_80x24", screen_text(reading.pilot.app))


async def test_a_wide_terminal_keeps_the_column_readable(read, golden) -> None:
    async with read(size=(140, 30)) as reading:
        await reading.shows("Careful Never forget the axis")
        column = reading.screen.query_one("#column")
        assert column.size.width == 92
        free = column.region.x
        assert abs(free - (140 - 92) // 2) <= 1
        golden("lesson_140x30", screen_text(reading.pilot.app))


async def test_pages_turn_and_the_place_is_remembered(read, session, lesson) -> None:
    async with read() as reading:
        await reading.press("n")
        await reading.shows("page 2 of 3")
        await reading.press("right")
        await reading.shows("page 3 of 3")
        await reading.press("n")
        await reading.shows("This is the last page.")
        assert session.lesson_page(lesson) == 2
        await reading.press("p")
        await reading.shows("page 2 of 3")
        await reading.press("left", "left")
        await reading.shows("page 1 of 3")
        assert session.lesson_page(lesson) == 0


async def test_a_lesson_opens_where_it_was_left(start, until, session, lesson) -> None:
    session.mark_lesson(lesson, 99)
    async with start(lesson) as pilot:
        await until(pilot, lambda: "page 3 of 3" in screen_text(pilot.app))


async def test_page_down_scrolls_first_and_then_turns(read) -> None:
    async with read(size=(80, 14)) as reading:
        scroll = reading.screen.query_one(PageScroll)
        await reading.until(lambda: scroll.max_scroll_y > 0)
        await reading.press("pagedown")
        await reading.until(lambda: scroll.scroll_y > 0)
        assert reading.screen.page_index == 0
        await reading.press("end", "pagedown")
        await reading.shows("page 2 of 3")
        await reading.until(lambda: scroll.scroll_y == 0)
        await reading.press("pageup")
        await reading.shows("page 1 of 3")
        await reading.until(lambda: scroll.max_scroll_y > 0 and scroll.is_vertical_scroll_end)
        await reading.press("home", "down", "j", "up")
        await reading.until(lambda: scroll.scroll_y == 1)


async def test_the_foot_leads_on(read) -> None:
    async with read() as reading:
        await reading.shows("Next page: The practice")
        await reading.pilot.click(".foot Click")
        await reading.shows("page 2 of 3")


async def test_cards_show_how_far_one_is_and_open_what_they_name(read, session) -> None:
    async with read() as reading:
        opened = []
        app = reading.pilot.app
        app.open_exercise = lambda name: opened.append(("exercise", name))
        app.open_lab = lambda name: opened.append(("lab", name))
        app.open_explorer = lambda name: opened.append(("explorer", name))
        await reading.press("n")
        await reading.shows("▶ Exercise", "Softmax over any axis", "level ●●○○○", "15 min", "· new", "Read digits")
        for _ in range(3):
            await reading.press("tab", "enter")
        await reading.until(lambda: len(opened) == 3)
        assert opened == [("exercise", "softmax"), ("lab", "digits"), ("explorer", "heat")]
        await reading.pilot.click(LiveCard)
        await reading.until(lambda: len(opened) == 4)
        session.show_hint("softmax")
        reading.screen.on_screen_resume()
        await reading.shows("◐ begun")


async def test_links_lead_to_lessons_tasks_pages_and_the_web(read) -> None:
    async with read() as reading:
        opened = []
        app = reading.pilot.app
        app.open_lesson = lambda name: opened.append(("lesson", name))
        app.open_exercise = lambda name: opened.append(("exercise", name))
        app.open_url = lambda url, **_: opened.append(("web", url))
        document = reading.screen.query(Markdown).last()
        for href in (
            "../01_first_steps/01_lesson.md",
            "../../exercises/01_first_steps/say_hello.md",
            "https://example.org",
        ):
            document.post_message(Markdown.LinkClicked(document, href))
        await reading.until(lambda: len(opened) == 3)
        assert opened == [("lesson", "l01-1"), ("exercise", "say-hello"), ("web", "https://example.org")]
        document.post_message(Markdown.LinkClicked(document, "nowhere.md"))
        await reading.shows("This link leads out")
        document.post_message(Markdown.LinkClicked(document, "#the-practice"))
        await reading.shows("page 2 of 3")
        assert page_of(reading.screen.document, "no-such-heading") is None


async def test_a_choice_by_number_may_be_answered_again(read, session) -> None:
    async with read(size=(80, 40)) as reading:
        await reading.press("n", "n", "tab", "1")
        await reading.shows("1 ✗ the first", "✗ Not yet. The first is wrong.")
        assert session.progress.latest("quiz") == {"q-one": 0}
        await reading.press("2")
        await reading.shows("2 ✓ the second, x₂", "✓ Right. Because it says so.", "✓ answered")
        assert session.progress.latest("quiz") == {"q-one": 1}
        await reading.press("5", "up", "enter")
        await reading.shows("✗ Not yet. The first is wrong.", "✓ answered")


async def test_several_right_answers_are_marked_and_then_handed_in(read, session) -> None:
    async with read(size=(80, 40)) as reading:
        await reading.press("n", "n", "tab", "tab", "enter")
        await reading.shows("Please choose an answer.")
        assert session.progress.latest("quiz") == {}
        await reading.press("1", "enter")
        await reading.shows("There is more to choose.")
        await reading.press("down", "down", "space", "enter")
        await reading.shows("✓ Right.", "A yes.", "C yes.")
        assert session.progress.latest("quiz") == {"q-many": 1}


async def test_a_shape_is_typed(read, session) -> None:
    async with read(size=(80, 40)) as reading:
        await reading.press("n", "n", "tab", "tab", "tab")
        await reading.until(lambda: isinstance(reading.screen.focused, Input))
        await reading.press(*"nope", "enter")
        await reading.shows("Please type a shape")
        assert session.progress.latest("quiz") == {}
        reading.screen.focused.value = "(3,)"
        await reading.press("enter")
        await reading.shows("✗ Not yet. One axis more.")
        reading.screen.focused.value = "3, 1"
        await reading.press("enter")
        await reading.shows("✓ Right. An axis more.")
        assert reading.screen.page_index == 2, "letters typed into an answer turn no pages"
        assert session.progress.latest("quiz") == {"q-shape": 1}


async def test_a_question_answered_before_says_so(read, session) -> None:
    session.answer_quiz("q-one", True)
    session.answer_quiz("q-shape", False)
    async with read(size=(80, 40)) as reading:
        await reading.press("n", "n")
        await reading.shows("Question 1 of 3")
        views = reading.screen.query(QuestionView)
        assert [view._answered for view in views] == [True, False, False]


async def test_an_option_can_be_clicked(read) -> None:
    async with read(size=(80, 40)) as reading:
        await reading.press("n", "n")
        await reading.shows("Question 1 of 3")
        await reading.pilot.click(reading.screen.query(Choices).first().query("OptionLine").last())
        await reading.shows("✓ Right. Because it says so.")


async def test_the_dialect_becomes_widgets(read) -> None:
    async with read() as reading:
        assert len(reading.screen.query(MathBlock)) == 1
        assert reading.screen.query_one(LessonQuote).has_class("-careful")
        await reading.press("n")
        await reading.until(lambda: len(reading.screen.query(LessonFence)) == 2)
        code, output = reading.screen.query(LessonFence)
        assert (code.lexer, code.has_class("-joined"), code.has_class("-output")) == ("python", True, False)
        assert output.has_class("-output")
        await reading.until(lambda: [cell.name for cell in reading.screen.query(".band")] == ["cell2.1", "cell2.2"])


async def test_a_formula_too_wide_for_its_pane_scrolls_instead_of_wrapping(session, lesson, start, until) -> None:
    path = session.course.lessons[1].path
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("p_i = ", "p_i = a + b + c + d + e + f + g + h + k + l + "), encoding="utf-8")
    async with start(lesson, size=(40, 20)) as pilot:
        await until(pilot, lambda: pilot.app.screen.query(MathBlock))
        block = pilot.app.screen.query_one(MathBlock)
        await until(pilot, lambda: block.max_scroll_x > 0)
        assert block.query_one("Static").size.height == 5


async def test_broken_content_is_shown_as_a_sentence(session, lesson, start, until) -> None:
    path = session.course.lessons[1].path
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('kind = "shape"', 'kind = "shap"')
        .replace("```lab digits", "```lab dogits")
        .replace("z_i", r"\zz_i"),
        encoding="utf-8",
    )
    async with start(lesson, size=(100, 40)) as pilot:
        await until(pilot, lambda: r"\zz_i" in screen_text(pilot.app))
        await pilot.press("n")
        await until(pilot, lambda: "did you mean `digits`" in screen_text(pilot.app))
        await pilot.press("n")
        await until(pilot, lambda: "`kind` cannot be `shap`; did you mean" in screen_text(pilot.app))


def test_a_lesson_that_cannot_be_read_is_no_screen(session, lesson) -> None:
    session.course.lessons[1].path.write_text("no front matter", encoding="utf-8")
    with pytest.raises(CourseError, match="first line"):
        LessonScreen(session, lesson)


async def test_ctrl_n_opens_the_next_lesson_or_says_that_there_is_none(start, until, session) -> None:
    async with start("l01-1") as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen))
        opened = []
        pilot.app.open_lesson = opened.append
        await pilot.press("ctrl+n")
        await until(pilot, lambda: opened == ["l02-1"])
    async with start("l02-1") as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen))
        await pilot.press("ctrl+n")
        await until(pilot, lambda: "This is the last lesson" in screen_text(pilot.app))
