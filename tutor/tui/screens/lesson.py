"""A lesson, page by page: prose, live cards, quizzes. Owns where one is in it; remembers it through the session."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Markdown, Static

from tutor.course.find import find_lesson
from tutor.model import CourseError
from tutor.text.lesson import LessonDoc, Live, Page, Prose, parse_lesson
from tutor.text.quiz import parse_quiz
from tutor.tui.actions import bindings
from tutor.tui.lesson_links import follow
from tutor.tui.messages import Opens, told
from tutor.tui.widgets.lesson_markdown import LessonMarkdown
from tutor.tui.widgets.live_card import LiveCard
from tutor.tui.widgets.quiz import QuestionView, Quiz
from tutor.tui.widgets.status import Click, TitleBar

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from tutor.session import Session


class PageScroll(VerticalScroll, can_focus=True, inherit_bindings=False):
    """The scrolling page; its keys are the screen's, so that they work wherever the focus is."""


class LessonScreen(Screen[None]):
    """Read a lesson."""

    CSS_PATH = "lesson.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("lesson")]
    AUTO_FOCUS = "PageScroll"

    def __init__(self, session: Session, lesson_id: str) -> None:
        """Raises CourseError when the lesson cannot be read."""
        super().__init__()
        self.session = session
        self.lesson = find_lesson(session.course, lesson_id)
        self.document: LessonDoc = parse_lesson(self.lesson.path)
        self.page_index = min(session.lesson_page(self.lesson.id), len(self.document.pages) - 1)

    # What is there

    def compose(self) -> ComposeResult:
        """Title, page, footer."""
        chapter = next(c for c in self.session.course.chapters if c.id == self.lesson.chapter)
        yield TitleBar((f"{chapter.number:02} {chapter.title}", self.lesson.title))
        with PageScroll(id="page"):
            yield Vertical(id="column")
        yield Footer()

    async def on_mount(self) -> None:
        """Show the page where the learner left."""
        await self._show()

    def on_screen_resume(self) -> None:
        """An exercise may have been passed meanwhile."""
        self._show_states()

    def _turn(self, index: int, *, end: bool = False) -> None:
        """Go to a page, soon: a widget of this page that asks for it must have returned before it can be removed."""
        self.page_index = index
        self.call_later(self._show, end=end)

    async def _show(self, *, end: bool = False) -> None:
        page = self.document.pages[self.page_index]
        scroll, column = self.query_one(PageScroll), self.query_one("#column", Vertical)
        with self.app.batch_update():
            await column.remove_children()
            await column.mount_all([*self._head(), *self._blocks(page), *self._foot()])
        self._show_states()
        self._show_dots()
        scroll.focus()
        self.call_after_refresh(scroll.scroll_end if end else scroll.scroll_home, animate=False)
        self._remember()

    @told
    def _remember(self) -> None:
        self.session.mark_lesson(self.lesson.id, self.page_index)

    def _head(self) -> list[Widget]:
        """What the lesson is about, on its first page."""
        if self.page_index:
            return []
        front = self.document.front
        aims = "".join(f"- {objective}\n" for objective in front.objectives)
        goal = f"After this lesson, in about {front.minutes} minutes, you can\n\n{aims}" if aims else ""
        return [LessonMarkdown(f"# {front.title}\n\n{goal}", classes="head")]

    def _blocks(self, page: Page) -> list[Widget]:
        return [LessonMarkdown(b.markdown) if isinstance(b, Prose) else self._live(b) for b in page.blocks]

    def _live(self, live: Live) -> Widget:
        if live.kind != "quiz":
            return LiveCard(self.session.course, live)
        try:
            questions = parse_quiz(live.body, self.lesson.path, live.line + 1)
        except CourseError as error:
            return Static(str(error), markup=False, classes="problem")
        answered = {name for name, right in self.session.progress.latest("quiz").items() if right}
        return Quiz(questions, answered)

    def _foot(self) -> list[Widget]:
        """Where to go from here, to click; the keys do the same."""
        pages, index = self.document.pages, self.page_index
        links: list[Widget] = []
        if index + 1 < len(pages):
            links.append(Click(_link("n", f"Next page: {pages[index + 1].title}"), "screen.next_page"))
        elif following := self._following():
            links.append(Click(_link("ctrl+n", f"Next lesson: {following[1]}"), "screen.next_lesson"))
        if index:
            links.append(Click(_link("p", f"Page before: {pages[index - 1].title}"), "screen.previous_page"))
        return [Vertical(*links, classes="foot")]

    def _following(self) -> tuple[str, str] | None:
        lessons = self.session.course.lessons
        after = lessons[lessons.index(self.lesson) + 1 :]
        return (after[0].id, after[0].title) if after else None

    def _show_states(self) -> None:
        cards = self.query(LiveCard)
        states = self.session.states() if cards else {}
        for card in cards:
            card.show_state(states.get(card.live.target) if card.live.kind == "exercise" else None)

    def _show_dots(self) -> None:
        total, here = len(self.document.pages), self.page_index + 1
        dots = "●" * here + "○" * (total - here) if total <= 12 else ""
        text = Content.assemble((dots, "$text-accent"), f" page {here} of {total}")
        self.query_one(TitleBar).show_state(text)

    # What the keys do

    def action_next_page(self) -> None:
        """Show the next page."""
        if self.page_index + 1 < len(self.document.pages):
            self._turn(self.page_index + 1)
        else:
            self.notify("This is the last page. ctrl+n opens the next lesson.")

    def action_previous_page(self) -> None:
        """Show the page before."""
        if self.page_index:
            self._turn(self.page_index - 1)

    def action_read_on(self) -> None:
        """Scroll on; at the end of a page, turn it."""
        scroll = self.query_one(PageScroll)
        if scroll.is_vertical_scroll_end:
            self.action_next_page()
        else:
            scroll.scroll_page_down(animate=False)

    def action_read_back(self) -> None:
        """Scroll back; at the top of a page, show the end of the one before."""
        scroll = self.query_one(PageScroll)
        if scroll.scroll_offset.y > 0:
            scroll.scroll_page_up(animate=False)
        elif self.page_index:
            self._turn(self.page_index - 1, end=True)

    def action_line_down(self) -> None:
        """Scroll down by a line."""
        self.query_one(PageScroll).scroll_relative(y=1, animate=False)

    def action_line_up(self) -> None:
        """Scroll up by a line."""
        self.query_one(PageScroll).scroll_relative(y=-1, animate=False)

    def action_page_top(self) -> None:
        """Scroll to the top of the page."""
        self.query_one(PageScroll).scroll_home(animate=False)

    def action_page_bottom(self) -> None:
        """Scroll to the end of the page."""
        self.query_one(PageScroll).scroll_end(animate=False)

    @told
    def action_next_lesson(self) -> None:
        """Open the next lesson."""
        if following := self._following():
            self.opens.open_lesson(following[0])
        else:
            self.notify("This is the last lesson of the course.")

    # What was chosen on the page

    @property
    def opens(self) -> Opens:
        """The app, as far as this screen may use it."""
        return cast("Opens", self.app)

    @on(LiveCard.Opened)
    @told
    def _open_live(self, event: LiveCard.Opened) -> None:
        open_it = {
            "exercise": self.opens.open_exercise,
            "lab": self.opens.open_lab,
            "explore": self.opens.open_explorer,
        }
        open_it[event.kind](event.target)

    @on(QuestionView.Answered)
    @told
    def _answered(self, event: QuestionView.Answered) -> None:
        self.session.answer_quiz(event.question.id, event.right)

    @on(Markdown.LinkClicked)
    def _link_clicked(self, event: Markdown.LinkClicked) -> None:
        event.stop()
        page = follow(self.session.course, self.lesson, self.document, event.href, self.opens, self.app)
        if page is not None:
            self._turn(page)


def _link(key: str, text: str) -> Content:
    return Content.assemble((f" {key} ", "bold $text-accent"), " ", (text, "$text-muted"))
