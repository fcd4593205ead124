"""A lab: knobs, live curves of the learner's run beside the reference's, and how it ended.

Wires widgets, the run and the session together. What a curve looks like is `tutor.training.pictures`' business, what is
said about a run `tutor.training.narrate`'s.
"""

from __future__ import annotations

import math
import time
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, OptionList
from textual.widgets.option_list import Option

from tutor.course.find import find_lab
from tutor.training.figure import Figure, Note
from tutor.training.job import plan
from tutor.training.knobs import Knob, defaults, knob, knobs_of
from tutor.training.module import LabModule, load_lab
from tutor.training.narrate import ending, progress_line, settings, summary, whose_code
from tutor.training.pictures import View, pictures
from tutor.training.record import RunRecord
from tutor.training.store import export, load_run
from tutor.tui.actions import bindings
from tutor.tui.lab_feed import LabFeed, News, RunsListed, read_runs
from tutor.tui.messages import told
from tutor.tui.screens.choose import Choose
from tutor.tui.widgets.curve import FigureView
from tutor.tui.widgets.knobs import KnobPanel
from tutor.tui.widgets.status import Line, PaneTabs, TitleBar

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tutor.session import Session

PANES = {"setup": "Set-up", "curve": "Curve", "runs": "Runs"}
_REDRAW = 0.2
"""Seconds between two redraws of a live curve."""
_SMOOTHING = (0.0, 0.9, 0.98)
_OVERLAYS = 3
_TOLD_LINES = 12


class LabScreen(Screen[None]):
    """Train with one's own code."""

    CSS_PATH = "lab.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("lab")]
    AUTO_FOCUS = "KnobPanel"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]  # noqa: RUF012  # Textual declares it so
    SCOPE = "lab"

    def __init__(self, session: Session, lab_id: str) -> None:
        """Raises CourseError when there is no such lab or it cannot be loaded."""
        super().__init__()
        self.session = session
        self.lab = find_lab(session.course, lab_id)
        self.module: LabModule = load_lab(self.lab.path)
        self.record = RunRecord()
        self.others: dict[str, RunRecord] = {}
        self.mistake: tuple[str, str] | None = None
        self._feed: LabFeed | None = None
        self._view = View(log=self.module.log_axis)
        self._picture = 0
        self._dirty = False
        self._begun = 0.0
        self._pane = "setup"
        self._runs: list[str] = []

    # What is there

    def compose(self) -> ComposeResult:
        """Title, tabs, set-up and runs on the left, curves and what is said on the right."""
        chapter = next(c for c in self.session.course.chapters if c.id == self.lab.chapter)
        yield TitleBar((f"{chapter.number:02} {chapter.title}", self.lab.title))
        yield PaneTabs(PANES)
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                with VerticalScroll(id="setup", can_focus=False):
                    yield Line(f"Target: {self.module.target.sentence()}.", id="target")
                    yield Line(id="whose")
                    yield KnobPanel((*self.module.knobs, _seed()), id="knobs")
                    yield Line(id="help")
                with Vertical(id="runs"):
                    yield Line("Runs (enter lays one over the curve)", id="runs-title")
                    yield OptionList(id="kept")
            with Vertical(id="curve"):
                yield FigureView(_invitation(), id="picture")
                yield FigureView(id="second")
                yield Line(id="progress")
                with VerticalScroll(id="told-scroll", can_focus=False):
                    yield Line(id="told")
        yield Footer()

    def on_mount(self) -> None:
        """Show the set-up; read the kept runs in the background."""
        self.show_pane("setup")
        self.query_one(KnobPanel).watch_selected()
        self._show_whose()
        self.set_interval(_REDRAW, self._redraw)
        self._list_runs()

    def on_unmount(self) -> None:
        """Leaving ends the run."""
        if self._feed is not None:
            self._feed.close()

    @property
    def running(self) -> bool:
        """Whether a run has begun and not ended."""
        return self._feed is not None and not self._feed.over

    # Training

    @told
    def action_train(self) -> None:
        """Start a run with the knobs as they are."""
        if self.running:
            self.notify("A run is under way: s ends it, space pauses it.")
            return
        values = dict(self.query_one(KnobPanel).values)
        seed = int(values.pop("seed"))
        parts = self.session.lab_source(self.lab.id)
        job = plan(self.session.course, self.lab, parts, values, broken=self.mistake, seed=seed)
        self.record, self._begun, self._dirty = RunRecord(), 0.0, True
        self._feed = LabFeed(job, self.session.workspace.runs, self.post_message)
        self._feed.start()
        self.query_one("#told", Line).show("Starting …")
        self.show_pane("curve")
        self._show_state("starting")

    @on(News)
    def _news(self, message: News) -> None:
        if message.feed is not self._feed:
            return
        for event in message.feed.take():
            self.record.accept(event)
        if not self._begun and self.record.mine.logged:
            self._begun = time.monotonic()
        self._dirty = True
        if message.feed.over:
            self.record.id = message.feed.id
            self._ended(message.feed.problem)

    def _ended(self, problem: str) -> None:
        self._redraw()
        end = self.record.mine.end
        if end is not None:
            reached = (
                "✓ target reached" if end.reached else "✗ target not reached" if end.reached is False else end.outcome
            )
            self._show_state(reached)
            self.session.record_lab(self.lab.id, summary(self.record))
        if problem:
            self.notify(problem, severity="warning", markup=False)
        self._list_runs()

    def action_pause(self) -> None:
        """Pause, and go on."""
        if self._feed is None or not self.running:
            return
        if self._feed.run.paused:
            self._feed.run.resume()
        else:
            self._feed.run.pause()
        self._show_state("paused" if self._feed.run.paused else "training")

    def action_stop(self) -> None:
        """End the run; it is judged as it stands."""
        if self._feed is not None and self.running:
            self._feed.run.stop()

    def action_break_it(self) -> None:
        """Choose a known mistake, and train with it."""
        if self.running or not self.module.breaks:
            self.notify("A run is under way." if self.running else "This lab has no known mistakes to choose from.")
            return
        own = "None: your own code"
        lines = [own, *(f"{exercise}: {title}" for exercise, title in self.module.breaks)]
        text = "What does this mistake do to training? The reference runs beside it."
        self.app.push_screen(Choose("Break it", text, lines), self._broken)

    def _broken(self, choice: int | None) -> None:
        if choice is None:
            return
        self.mistake = self.module.breaks[choice - 1] if choice else None
        self._show_whose()
        self.action_train()

    # Pictures

    def action_log_axis(self) -> None:
        """Logarithmic axis on and off."""
        self._view = View(not self._view.log, self._view.smoothing)
        self._dirty = True

    def action_smooth(self) -> None:
        """The next degree of smoothing."""
        degree = _SMOOTHING[(_SMOOTHING.index(self._view.smoothing) + 1) % len(_SMOOTHING)]
        self._view = View(self._view.log, degree)
        self.notify("No smoothing." if not degree else f"Averaged over about {round(1 / (1 - degree))} points.")
        self._dirty = True

    def action_next_picture(self) -> None:
        """The next curve or picture."""
        self._picture += 1
        self._dirty = True

    def _redraw(self) -> None:
        if not self._dirty:
            return
        self._dirty = False
        shown = pictures(self.record, self.module.curves, self._view, self.others)
        if shown:
            self.query_one("#picture", FigureView).show(shown[self._picture % len(shown)])
            second = shown[(self._picture + 1) % len(shown)] if len(shown) > 1 else None
            self.query_one("#second", FigureView).show(second)
        paused = self._feed is not None and self._feed.run.paused
        seconds = time.monotonic() - self._begun if self._begun else 0.0
        self.query_one("#progress", Line).show(progress_line(self.record.mine, seconds, paused=paused))
        self._tell()
        if self.running and self.record.mine.logged:
            self._show_state("paused" if paused else "training")

    def _tell(self) -> None:
        half = self.record.mine
        lines = [*half.notes, *(f"your code prints: {text}" for text in half.printed[-3:]), *ending(half)]
        if self.record.reference.end is not None and self.record.reference.end.outcome in ("error", "died", "stalled"):
            lines.append(f"The reference run failed: {self.record.reference.end.sentence}")
        if lines:
            self.query_one("#told", Line).show("\n".join(lines[-_TOLD_LINES:]))

    # Runs

    def _list_runs(self) -> None:
        task = partial(read_runs, self.session.workspace.runs, self.lab.id, self.post_message)
        self.run_worker(task, thread=True, exclusive=True, group="runs", exit_on_error=False)

    @on(RunsListed)
    def _listed(self, message: RunsListed) -> None:
        self._runs = [run.id for run in message.runs]
        options = self.query_one("#kept", OptionList)
        options.clear_options()
        usual = defaults(self.module.knobs)
        for run in message.runs:
            sign = "✓" if run.reached else "✗" if run.reached is False else "·"
            over = " (shown)" if run.id in self.others else ""
            value = f"{run.value:.3g}" if math.isfinite(run.value) else run.outcome
            told = f"{sign} {run.started[5:16].replace('T', ' ')}  {value}  {settings(run.meta, usual)}{over}"
            options.add_option(Option(Content(told)))

    @on(OptionList.OptionSelected, "#kept")
    @told
    def _overlay(self, event: OptionList.OptionSelected) -> None:
        run_id = self._runs[event.option_index]
        if run_id in self.others:
            del self.others[run_id]
        elif len(self.others) >= _OVERLAYS:
            self.notify(f"More than {_OVERLAYS} runs over each other cannot be told apart: take one away first.")
            return
        else:
            self.others[run_id] = load_run(self.session.workspace.runs, run_id)
        self._dirty = True
        self._list_runs()
        self.show_pane("curve")

    def action_compare(self) -> None:
        """Go to the kept runs; enter lays one over the curve."""
        self.show_pane("runs")
        self.query_one("#kept").focus()

    @told
    def action_export(self) -> None:
        """Write the latest run as CSV into the workspace."""
        run_id = self.record.id or (self._runs[0] if self._runs else "last")
        target = self.session.workspace.root / f"{run_id}.csv"
        export(self.session.workspace.runs, run_id, target)
        self.notify(f"Written: {target}", markup=False)

    # Panes and words

    def show_pane(self, pane: str) -> None:
        """Show a pane where only one fits."""
        self._pane = pane
        for name in PANES:
            self.set_class(name == pane, f"-pane-{name}")
        self.query_one(PaneTabs).choose(pane)

    @on(PaneTabs.Chosen)
    def _pane_chosen(self, message: PaneTabs.Chosen) -> None:
        self.show_pane(message.pane)

    def action_next_pane(self) -> None:
        """Cycle through set-up, curve, runs; the focus follows."""
        names = list(PANES)
        self.show_pane(names[(names.index(self._pane) + 1) % len(names)])
        target = "#kept" if self._pane == "runs" else "#knobs"
        self.query_one(target).focus()

    @on(KnobPanel.Selected)
    def _knob_selected(self, message: KnobPanel.Selected) -> None:
        self.query_one("#help", Line).show(message.knob.help)

    def _show_whose(self) -> None:
        parts = self.session.lab_source(self.lab.id)
        used = [part for part in parts if part.exercise in self.lab.uses]
        self.query_one("#whose", Line).show(whose_code({p.exercise: p.own for p in used}, self.mistake))

    def _show_state(self, text: str) -> None:
        self.query_one(TitleBar).show_state(text)


def _seed() -> Knob:
    """The seed is a knob like any other for the eye, but belongs to the run and not to the lab."""
    from dataclasses import make_dataclass

    return knobs_of(make_dataclass("Seed", [("seed", int, knob(0, 0, 99, help="another random start"))]))[0]


def _invitation() -> Figure:
    return Figure((Note("Press ctrl+t to train with these knobs.", role="muted"),))
