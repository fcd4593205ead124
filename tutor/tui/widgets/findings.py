"""The findings of a grade as they come, one row a check, and the verdict. Shows what it is given and grades nothing.

Everything here came out of learner code or may quote it: it is shown as plain text, never as markup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content

from tutor.tui.widgets.status import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual import events
    from textual.app import ComposeResult

    from tutor.model import Finding, Outcome, Verdict

SIGNS: dict[Outcome, tuple[str, str, str]] = {
    "passed": ("✓", "passed", "$text-success"),
    "failed": ("✗", "failed", "$text-error"),
    "error": ("✗", "error", "$text-error"),
    "timeout": ("✗", "too slow", "$text-error"),
    "not_run": ("·", "not run", "$foreground-muted"),
}
"""Sign, word, colour."""


def time_text(seconds: float) -> str:
    """A duration in at most seven characters."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds / 60:.1f} min"


def details(finding: Finding) -> Iterator[tuple[str, str, str]]:
    """What an opened finding shows, as (label, text, class), in the order in which a learner needs it."""
    yield from _filled(("", finding.message, "message"))
    if finding.diagnosis is not None:
        yield from _filled(("", finding.diagnosis.message, "diagnosis"))
    yield from _filled(
        ("input", finding.input, "value"),
        ("expected", finding.expected, "expected"),
        ("got", finding.got, "got"),
        ("differs", finding.difference, "value"),
        ("your lines", finding.traceback, "value"),
        ("printed", finding.output, "value"),
        ("", finding.draw, "draw"),
    )


def _filled(*rows: tuple[str, str, str]) -> Iterator[tuple[str, str, str]]:
    for label, text, name in rows:
        if text.strip():
            yield label, text.rstrip(), name


class FindingRow(Vertical, can_focus=True):
    """One check: a line, and below it the details when it is open."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "toggle_details", "Open", show=False)]

    def __init__(self, finding: Finding, *, opened: bool = False) -> None:
        super().__init__()
        self.finding = finding
        self._opened_first = opened
        self._filled_for: Finding | None = None

    def compose(self) -> ComposeResult:
        """The line; details are made when they are first looked at."""
        with Horizontal(classes="head"):
            yield Line(id="sign")
            yield Line(id="sentence")
            yield Line(id="time")
        yield Vertical(classes="details")

    def on_mount(self) -> None:
        """Fill the line."""
        self.show(self.finding, opened=self._opened_first)

    def show(self, finding: Finding, *, opened: bool = False) -> None:
        """Show another finding in this row."""
        self.finding, self._opened_first = finding, opened
        if not self.query("#sign"):
            return  # a second grade was quicker than this row's mounting, which shows what is here then
        sign, word, color = SIGNS[finding.outcome]
        self.remove_class("-stale", "-open")
        self.set_class(finding.outcome == "passed", "-passed")
        self.query_one("#sign", Line).show(Content.styled(sign, f"{color} bold"))
        self.query_one("#sentence", Line).show(finding.sentence or finding.check)
        self.query_one("#time", Line).show(time_text(finding.seconds) if finding.outcome == "passed" else word)
        if opened:
            self.open()
            self.call_after_refresh(self.scroll_visible, animate=False, top=True)

    def open(self, wanted: bool = True) -> None:
        """Show or hide the details."""
        if wanted and self._filled_for is not self.finding:
            self._filled_for = self.finding
            box = self.query_one(".details", Vertical)
            box.remove_children()
            box.mount_all(Detail(*row) for row in self._rows())
        self.set_class(wanted, "-open")

    def _rows(self) -> list[tuple[str, str, str]]:
        rows = list(details(self.finding))
        return rows or [("", "Nothing more to say about this check.", "draw")]

    def action_toggle_details(self) -> None:
        """Open or close."""
        self.open(not self.has_class("-open"))

    def on_click(self, event: events.Click) -> None:
        """A click on the line opens or closes; one on the details selects text."""
        if event.widget is None or not any(part.has_class("details") for part in event.widget.ancestors_with_self):
            self.action_toggle_details()


class Detail(Horizontal):
    """A label and a text that may have many lines."""

    def __init__(self, label: str, text: str, name: str) -> None:
        super().__init__(classes=f"detail -{name}")
        self._label, self._text = label, text

    def compose(self) -> ComposeResult:
        """Label left, text right."""
        if self._label:
            yield Line(self._label, classes="label")
        yield Line(self._text, classes="text")


class FindingsPanel(VerticalScroll, can_focus=False):
    """All findings of one grade below the verdict."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Previous finding", show=False),
        Binding("down,j", "move(1)", "Next finding", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: list[FindingRow] = []
        self._count = 0
        self._opened = False
        self._seconds = 0

    def compose(self) -> ComposeResult:
        """How to go on, rows, then notes; the verdict is the panel's title, which never scrolls away."""
        yield Line("Not checked yet. ctrl+r checks your code.", id="now")
        yield Vertical(id="rows")
        yield Line(id="notes")

    def on_mount(self) -> None:
        """Nothing yet."""
        self.border_title = "Findings"
        self._clock = self.set_interval(1, self._tick, pause=True)

    def begin(self) -> None:
        """A grade has begun: what is there stays, dimmed, until it is replaced."""
        self._count, self._opened = 0, False
        for row in self._rows:
            row.add_class("-stale")
        self.what_now("")
        self.query_one("#notes", Line).show("")
        self._seconds = -1
        self._tick()
        self._clock.resume()

    def _tick(self) -> None:
        """Say that it is still going on, once a second."""
        self._seconds += 1
        self.border_title = Content(f"Checking … {self._seconds} s" if self._seconds else "Checking …")

    def add(self, finding: Finding) -> None:
        """A check has finished."""
        first = not self._opened and finding.outcome != "passed"
        self._opened = self._opened or first
        if self._count < len(self._rows):
            self._rows[self._count].show(finding, opened=first)
        else:
            row = FindingRow(finding, opened=first)
            self._rows.append(row)
            self.query_one("#rows").mount(row)
        self._count += 1

    def end(self, verdict: Verdict, file: str) -> None:
        """The grade has ended; `file` is what was graded, as the learner calls it."""
        for finding in verdict.findings[self._count :]:
            self.add(finding)
        self._trim()
        self._clock.pause()
        self.border_title = verdict_line(verdict)
        self.query_one("#notes", Line).show("\n".join([*verdict.notes, f"{file} · sha256 {verdict.sha256[:12]}"]))

    def say(self, sentence: str) -> None:
        """Grading itself failed, or there is nothing to grade."""
        self._trim()
        self._clock.pause()
        self.border_title = Content.styled("✗ Not checked", "$text-error bold")
        self.what_now(Content.styled(f"✗ {sentence}", "$text-error"))

    def what_now(self, content: Content | str) -> None:
        """The line that says how to go on."""
        self.query_one("#now", Line).show(content)

    def _trim(self) -> None:
        for row in self._rows[self._count :]:
            row.remove()
        del self._rows[self._count :]

    def action_move(self, step: int) -> None:
        """Focus the next or previous row."""
        focused = self.screen.focused
        place = self._rows.index(focused) + step if isinstance(focused, FindingRow) and focused in self._rows else 0
        if 0 <= place < len(self._rows):
            self._rows[place].focus()

    def focus_first(self) -> bool:
        """Focus the open row, or the first; False when there is none."""
        row = next((row for row in self._rows if row.has_class("-open")), self._rows[0] if self._rows else None)
        if row is not None:
            row.focus()
        return row is not None


def verdict_line(verdict: Verdict) -> Content:
    """Outcome, counts, time."""
    sign, word, color = SIGNS[verdict.outcome]
    passed = sum(finding.outcome == "passed" for finding in verdict.findings)
    head = {"passed": "Passed", "not_run": "Not checked"}.get(verdict.outcome, "Not yet")
    counts = f"{passed} of {len(verdict.findings)} checks pass" if verdict.findings else word
    return Content.assemble(
        (f"{sign} {head}", f"bold {color}"), f" · {counts}", (f" · {time_text(verdict.seconds)}", "$foreground-muted")
    )
