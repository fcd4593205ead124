"""Home: the course as a tree with progress, what is next, and search. Wires tree, details and search together."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Tree

from tutor.tui.actions import bindings
from tutor.tui.outline import SIGNS, WORDS, ChapterOutline, Item, mark
from tutor.tui.widgets.course_tree import CourseTree, Row
from tutor.tui.widgets.status import Click, Line, TitleBar

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tutor.model import State
    from tutor.session import Session
    from tutor.tui.app import TutorApp


class HomeScreen(Screen[None]):
    """Where everything starts. Imports neither editor nor Markdown: it must be painted at once."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("home", skip=frozenset({"select"}))]
    AUTO_FOCUS = "#tree"
    SCOPE = "home"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._states: dict[str, State] = {}
        self._pages: dict[str, int] = {}
        self._next: Item | None = None

    @property
    def tutor(self) -> TutorApp:
        """The app, with its own type."""
        return cast("TutorApp", self.app)

    def compose(self) -> ComposeResult:
        """Title, what is next, tree with details."""
        yield TitleBar((self.session.course.title,))
        yield Click("", "screen.go_on", id="next")
        with Horizontal(id="body"):
            with Vertical(id="list"):
                yield CourseTree(self.tutor.outline, id="tree")
            with VerticalScroll(id="details", can_focus=False):
                yield Line(id="detail-title")
                yield Line(id="detail-facts")
                yield Line(id="detail-about")
        yield Footer()

    def on_mount(self) -> None:
        """Show how far the learner is, with the cursor on what is next."""
        self.refresh_progress()
        self.query_one(CourseTree).go_to(self._next)

    def on_screen_resume(self) -> None:
        """Coming back: there may be something new."""
        self.refresh_progress()

    def refresh_progress(self) -> None:
        """Read the progress and show it."""
        self._states, self._pages, self._next = self.tutor.progress_now()
        self.query_one(CourseTree).show_progress(self._states, self._pages, self._next)
        passed, total = sum(s == "passed" for s in self._states.values()), len(self._states)
        self.query_one(TitleBar).show_state(f"{passed} of {total} exercises")
        self.query_one("#next", Click).show(self._next_line())
        self._show_details(self.query_one(CourseTree).cursor_node)

    def _next_line(self) -> Content:
        item = self._next
        if not self._states and not self.tutor.outline:
            return Content("This course has nothing in it yet.")
        if item is None:
            return Content.assemble(("✓ Everything is done. ", "bold $text-success"), "Press p for what to review.")
        begun = bool(self._pages) or any(state != "new" for state in self._states.values())
        word = "Continue" if begun else "Start here"
        facts = " · ".join(_facts(item))
        return Content.assemble(
            (f"→ {word}: ", "bold $accent"), (item.title, "bold"), (f"  {facts}", "$foreground-muted")
        )

    def _show_details(self, node: object) -> None:
        row: Row | None = getattr(node, "data", None)
        title, facts, about = "", "", ""
        if isinstance(row, ChapterOutline):
            title, about = row.chapter.title, row.chapter.summary
            done, total = self.query_one(CourseTree).counts(row)
            facts = f"chapter {row.chapter.number} · {done} of {total} exercises passed"
        elif isinstance(row, Item):
            sign = mark(row, self._states, self._pages)
            title, about = row.title, row.about
            state = WORDS[sign] if sign == "new" else f"{SIGNS[sign]} {WORDS[sign]}"
            facts = " · ".join([*_facts(row), state])
        self.query_one("#detail-title", Line).show(title)
        self.query_one("#detail-facts", Line).show(facts)
        self.query_one("#detail-about", Line).show(about)

    @on(Tree.NodeHighlighted)
    def _highlighted(self, event: Tree.NodeHighlighted[Row]) -> None:
        self._show_details(event.node)

    @on(Tree.NodeSelected)
    def _selected(self, event: Tree.NodeSelected[Row]) -> None:
        if isinstance(event.node.data, Item):
            self.tutor.open_item(event.node.data)
        else:
            event.node.toggle()

    def action_go_on(self) -> None:
        """Open what is next."""
        if self._next is not None:
            self.tutor.open_item(self._next)

    def action_search(self) -> None:
        """Search everything that can be opened."""
        from tutor.tui.screens.search import SearchScreen

        self.app.push_screen(SearchScreen(self.tutor.outline, self._states, self._pages), self._found)

    def _found(self, item: Item | None) -> None:
        if item is not None:
            self.query_one(CourseTree).go_to(item)
            self.tutor.open_item(item)


def _facts(item: Item) -> list[str]:
    facts: list[str] = [item.kind]
    if item.level:
        facts.append(f"level {item.level} of 5")
    if item.minutes:
        facts.append(f"about {item.minutes} min")
    return facts
