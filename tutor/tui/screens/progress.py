"""The learner's numbers: chapters, time, streak, last attempts, and what to write again. Computes nothing."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import TYPE_CHECKING, cast

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, OptionList
from textual.widgets.option_list import Option

from tutor.model import TutorError
from tutor.tui.widgets.status import Line, TitleBar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult

    from tutor.progress.stats import Stats
    from tutor.session import Session
    from tutor.tui.messages import Opens

WEEKS = 12
_SHADES = " ░▒▓█"


class ProgressScreen(Screen[None]):
    """Numbers above, lists of exercises below; enter opens one."""

    CSS_PATH = "progress.tcss"
    SCOPE = "progress"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def compose(self) -> ComposeResult:
        """Everything, or the sentence why not."""
        yield TitleBar(("Progress",))
        with VerticalScroll(id="progress"):
            try:
                yield from self._parts(self._session.stats())
            except TutorError as error:
                yield Line(f"✗ {error}")
        yield Footer()

    def on_mount(self) -> None:
        """The page takes the keys: a list would scroll the numbers above it away. Tab goes to the lists."""
        self.query_one("#progress").focus()

    def _parts(self, stats: Stats) -> ComposeResult:
        yield Line(headline(stats), id="headline")
        yield Line("Chapters", classes="title")
        for chapter in stats.chapters:
            bar = _bar(chapter.passed, chapter.total)
            numbers = f" {chapter.passed}/{chapter.total}  {chapter.points} of {chapter.possible} points  "
            yield Line(
                Content.assemble((bar, "$primary"), numbers, (chapter.title, "$foreground-muted")), classes="row"
            )
        yield Line(f"The last {WEEKS} weeks", classes="title")
        yield Line("\n".join(calendar(stats.days, date.today())), classes="row calendar")
        names = {exercise.id: exercise.title for exercise in self._session.course.exercises}
        yield Line("To write again, from the empty stub", classes="title")
        due = [(r.exercise, f"due since {_day(r.due)}") for r in stats.due]
        due += [(r.exercise, f"on {_day(r.due)}") for r in stats.upcoming[:5]]
        yield from _list(
            [(name, names[name], when) for name, when in due], "Nothing yet: what you pass comes back here."
        )
        yield Line("Last attempts", classes="title")
        yield from _list(
            [(a.exercise, names.get(a.exercise, a.exercise),
              f"{'✓' if a.outcome == 'passed' else '✗'} {a.passed}/{a.total}  {_moment(a.at)}")
             for a in stats.recent],
            "Nothing was checked yet.",
        )  # fmt: skip

    @on(OptionList.OptionSelected)
    def _open(self, event: OptionList.OptionSelected) -> None:
        name = (event.option.id or "").partition("/")[2]
        if any(exercise.id == name for exercise in self._session.course.exercises):
            cast("Opens", self.app).open_exercise(name)


def headline(stats: Stats) -> Content:
    """Passed, points, time, streak."""
    hours, minutes = divmod(round(stats.seconds / 60), 60)
    spent = f"{hours} h {minutes} min" if hours else f"{minutes} min"
    days = f"{stats.streak} day{'s' * (stats.streak != 1)} in a row (longest {stats.longest_streak})"
    quiz = f" · {stats.quiz_right} of {stats.quiz_answered} quiz answers right" if stats.quiz_answered else ""
    return Content.assemble(
        (f"{stats.passed} of {stats.total} exercises", "bold"),
        f" · {stats.points} of {stats.possible} points · {stats.attempts} attempts · {spent} · {days}{quiz}",
    )


def calendar(days: dict[str, int], today: date) -> Iterator[str]:
    """A row a weekday, a column a week; the darker the more was done. The number is what the last week had."""
    monday = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    for weekday, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")):
        row = ""
        for week in range(WEEKS):
            day = monday + timedelta(weeks=week, days=weekday)
            count = days.get(day.isoformat(), 0)
            row += "  " if day > today else _SHADES[min(4, (count + 2) // 3)] * 2 if count else "· "
        yield f"{name} {row}".rstrip()


def _list(rows: list[tuple[str, str, str]], empty: str) -> ComposeResult:
    if not rows:
        yield Line(empty, classes="row empty")
        return
    options = [
        Option(Content.assemble(f"{_fitted(title)} ", (about, "$foreground-muted")), id=f"{number}/{name}")
        for number, (name, title, about) in enumerate(rows)
    ]
    yield OptionList(*options, markup=False)


def _fitted(title: str, width: int = 34) -> str:
    return f"{title if len(title) <= width else title[: width - 1] + '…':<{width}}"


def _bar(done: int, total: int, width: int = 16) -> str:
    filled = width * done // total if total else 0
    return "█" * filled + "░" * (width - filled)


def _day(at: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(at))


def _moment(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
