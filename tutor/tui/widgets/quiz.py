"""A quiz inside a lesson: questions that may be answered again, with an explanation for every answer.

What is right is decided by `tutor.text.quiz`; remembering an answer is left to the screen, which gets `Answered`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tutor.text.quiz import Question, Reply, judge_choice, judge_typed
from tutor.tui.widgets.inline import inline_content, is_paragraph
from tutor.tui.widgets.keys import LineInput
from tutor.tui.widgets.lesson_markdown import LessonMarkdown

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

_HINTS = {
    "number": "a number, then enter",
    "shape": "a shape such as (3, 1), or error; then enter",
    "output": "what it prints, then enter",
    "choice": "",
}


class OptionLine(Static):
    """One answer to choose."""

    def __init__(self, index: int, text: str) -> None:
        super().__init__(markup=False)
        self.index = index
        self._text = inline_content(text)

    def show(self, mark: str, style: str) -> None:
        """Show the option with its mark."""
        self.update(Content.assemble((f"{self.index + 1} {mark} ", style), self._text))

    def on_click(self, event: events.Click) -> None:
        """A click chooses."""
        event.stop()
        choices = self.parent
        if isinstance(choices, Choices):
            choices.focus()
            choices.action_pick(self.index)


class Choices(Vertical, can_focus=True):
    """The options of a choice: number keys, arrows with enter, or the mouse. With several right ones, space marks."""

    DEFAULT_CSS = """
    Choices { height: auto; margin: 1 0 0 0; }
    Choices OptionLine { height: auto; padding: 0 1; }
    Choices OptionLine:hover { background: $primary 15%; }
    Choices:focus OptionLine.-cursor { background: $primary 25%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *[(str(number), f"pick({number - 1})", "") for number in range(1, 6)],
        ("up,k", "move(-1)", ""),
        ("down,j", "move(1)", ""),
        ("enter", "answer", "Answer"),
        ("space", "pick", "Choose"),
    ]

    class Chosen(Message):
        """The learner has answered."""

        def __init__(self, choices: Choices, chosen: frozenset[int]) -> None:
            super().__init__()
            self.choices = choices
            self.chosen = chosen

    def __init__(self, question: Question) -> None:
        super().__init__()
        self._question = question
        self._cursor = 0
        self._marked: frozenset[int] = frozenset()
        self._judged: dict[int, bool] = {}

    def compose(self) -> ComposeResult:
        """One line an option."""
        for index, option in enumerate(self._question.options):
            yield OptionLine(index, option.text)

    def on_mount(self) -> None:
        """Show them unmarked."""
        self._refresh_lines()

    def action_move(self, step: int) -> None:
        """Move the cursor."""
        self._cursor = (self._cursor + step) % len(self._question.options)
        self._refresh_lines()

    def action_pick(self, index: int | None = None) -> None:
        """Choose an option; where several are right, mark it or take the mark away."""
        index = self._cursor if index is None else index
        if index >= len(self._question.options):
            return
        self._cursor = index
        if self._question.several:
            self._marked ^= {index}
            self._judged = {}
            self._refresh_lines()
        else:
            self._marked = frozenset({index})
            self.action_answer()

    def action_answer(self) -> None:
        """Hand in what is marked, or the option under the cursor."""
        chosen = self._marked if self._question.several else frozenset({self._cursor})
        self._marked = chosen
        self._judged = {index: self._question.options[index].right for index in chosen}
        self._refresh_lines()
        self.post_message(self.Chosen(self, chosen))

    def _refresh_lines(self) -> None:
        for line in self.query(OptionLine):
            line.set_class(line.index == self._cursor, "-cursor")
            if line.index in self._judged:
                right = self._judged[line.index]
                line.show("✓" if right else "✗", "bold $text-success" if right else "bold $text-error")
            elif self._question.several:
                line.show("■" if line.index in self._marked else "□", "$text-primary")
            else:
                line.show("○", "$text-primary")


class QuestionView(Vertical):
    """One question with its answer line and the reply to the last answer."""

    DEFAULT_CSS = """
    QuestionView { height: auto; margin: 0 0 1 0; }
    QuestionView > .title { color: $text-muted; }
    QuestionView LessonMarkdown { padding: 0; }
    QuestionView Input { margin: 1 0 0 0; background: $surface; }
    QuestionView Input:focus { background: $primary 15%; }
    QuestionView .reply { height: auto; margin: 1 0 0 0; padding: 0 1; display: none; }
    QuestionView .reply.-right { display: block; border-left: outer $success; background: $success 8%; }
    QuestionView .reply.-wrong { display: block; border-left: outer $error; background: $error 8%; }
    QuestionView .reply.-unclear { display: block; border-left: outer $warning; background: $warning 8%; }
    """

    class Answered(Message):
        """An answer that counts was given."""

        def __init__(self, question: Question, right: bool) -> None:
            super().__init__()
            self.question = question
            self.right = right

    def __init__(self, question: Question, title: str, *, answered: bool) -> None:
        super().__init__()
        self.question = question
        self._heading = title
        self._answered = answered

    def compose(self) -> ComposeResult:
        """The question, what to answer with, and room for the reply."""
        yield Static(classes="title", markup=False)
        yield self._ask()
        if self.question.code:
            yield LessonMarkdown(f"```python\n{self.question.code.strip()}\n```")
        if self.question.kind == "choice":
            yield Choices(self.question)
        else:
            yield LineInput(placeholder=_HINTS[self.question.kind], compact=True)
        yield Static(classes="reply", markup=False)

    def on_mount(self) -> None:
        """Tell whether it was answered before."""
        self._show_title()

    def _ask(self) -> Widget:
        if is_paragraph(self.question.ask):
            return Static(inline_content(self.question.ask), markup=False)
        return LessonMarkdown(self.question.ask)

    def _show_title(self) -> None:
        mark = "   ✓ answered" if self._answered else ""
        how = "   more than one is right: space marks, enter answers" if self.question.several else ""
        title = Content.assemble((self._heading, "bold $text-primary"), how, (mark, "$text-success"))
        self.query_one(".title", Static).update(title)

    @on(Choices.Chosen)
    def _chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        self._reply(judge_choice(self.question, event.chosen))

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        self._reply(judge_typed(self.question, event.value))

    def _reply(self, reply: Reply) -> None:
        word, kind = ("✓ Right. ", "right") if reply.right else ("✗ Not yet. ", "wrong")
        style = "bold $text-success" if reply.right else "bold $text-error"
        if not reply.valid:
            word, kind, style = "", "unclear", ""
        line = self.query_one(".reply", Static)
        line.set_classes(f"reply -{kind}")
        line.update(Content.assemble((word, style), inline_content(reply.why)))
        self.call_after_refresh(line.scroll_visible, animate=False)
        if reply.valid:
            self._answered = self._answered or reply.right
            self._show_title()
            self.post_message(self.Answered(self.question, reply.right))


class Quiz(Vertical):
    """The questions of one quiz fence."""

    DEFAULT_CSS = """
    Quiz { height: auto; margin: 0 1 1 1; padding: 0 1; border-left: outer $accent; }
    """

    def __init__(self, questions: Sequence[Question], answered: Container[str]) -> None:
        """`answered` holds the ids of questions that were answered rightly before."""
        super().__init__()
        self._questions = questions
        self._answered = answered

    def compose(self) -> ComposeResult:
        """One view a question."""
        total = len(self._questions)
        for number, question in enumerate(self._questions, 1):
            title = "Question" if total == 1 else f"Question {number} of {total}"
            yield QuestionView(question, title, answered=question.id in self._answered)
