"""The workbench of one exercise: task, code, findings and curve, side by side or one at a time.

Wires panes and session together: what a file is, how a grade runs and what a finding shows is decided elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.style import Style
from textual.widgets import Footer

from tutor.model import TutorError
from tutor.tui.actions import bindings
from tutor.tui.buffer import Buffer
from tutor.tui.grade import GradeRunner
from tutor.tui.messages import FindingCame, GradeBroke, GradeEnded, told
from tutor.tui.widgets.code_pane import CodePane
from tutor.tui.widgets.editor import Editor
from tutor.tui.widgets.editor_pane import EditorPane
from tutor.tui.widgets.findings import FindingsPanel
from tutor.tui.widgets.run_pane import RunPane
from tutor.tui.widgets.status import PaneTabs, TitleBar
from tutor.tui.widgets.task_pane import TaskPane

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tutor.model import Lab, Verdict
    from tutor.session import Session
    from tutor.tui.app import TutorApp

PANES = {"task": "Task", "code": "Code", "findings": "Findings", "curve": "Curve"}
_STATES = {"passed": "✓ passed", "failed": "✗ not passing yet", "started": "◐ begun", "new": "· new",
           "given_up": "○ solution shown"}  # fmt: skip


class WorkbenchScreen(Screen[None]):
    """Work on one exercise."""

    CSS_PATH = "workbench.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("workbench")]
    AUTO_FOCUS = "#editor"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (38, "-tall")]  # noqa: RUF012  # Textual declares it so
    SCOPE = "workbench"

    def __init__(self, session: Session, exercise_id: str) -> None:
        super().__init__()
        self.session = session
        self.exercise = session.exercise(exercise_id)
        self._runner = GradeRunner(session, self.post_message)
        self._pane = "task"

    @property
    def tutor(self) -> TutorApp:
        """The app, with its own type."""
        return cast("TutorApp", self.app)

    # What is there

    def compose(self) -> ComposeResult:
        """Title, tabs, panes, footer."""
        chapter = next(c for c in self.session.course.chapters if c.id == self.exercise.chapter)
        lab = self._lab()
        buffer = Buffer(self.session.path(self.exercise.id), self._write)
        yield TitleBar((f"{chapter.number:02} {chapter.title}", self.exercise.title))
        yield PaneTabs(PANES)
        with Horizontal(id="panes"):
            yield TaskPane(id="task")
            with Vertical(id="work"):
                yield CodePane(buffer, self.tutor.preferences, self.session.workspace.keep, id="code")
                yield FindingsPanel(id="findings")
                if lab is not None:
                    yield RunPane(self.session.workspace.runs, lab, id="curve")
        yield Footer()

    def _write(self, data: bytes) -> None:
        self.session.save(self.exercise.id, data.decode("utf-8"))

    def on_mount(self) -> None:
        """Show the parts that are quick; the task comes when they are on the screen."""
        self.query_one(PaneTabs).set_available("curve", self._lab() is not None)
        self.query_one(TaskPane).border_title = "Task"
        self.show_pane("task")
        self._show_state()
        self._show_title()
        self.call_after_refresh(self._fill_task)

    def _fill_task(self) -> None:
        from tutor.text.task import parse_task

        pane = self.query_one(TaskPane)
        if self.has_class("-narrow"):
            pane.focus()  # the editor, which has the focus where there is room for both, is not shown
        try:
            task = parse_task(self.exercise.task)
            pane.fill(task.body, task.hints, self.session.hints_shown(self.exercise.id))
        except TutorError as error:
            pane.problem(str(error))

    @property
    def code(self) -> CodePane:
        """The pane with the editor."""
        return self.query_one(CodePane)

    @property
    def findings(self) -> FindingsPanel:
        """The pane with the findings."""
        return self.query_one(FindingsPanel)

    # Panes

    @property
    def panes(self) -> list[str]:
        """The panes that there are now."""
        return [pane for pane in PANES if pane != "curve" or self.query("#curve")]

    def show_pane(self, pane: str, *, focus: bool = False) -> None:
        """Show a pane where only one fits; where all fit, only the focus moves."""
        self._pane = pane
        for name in PANES:
            self.set_class(name == pane, f"-pane-{name}")
        self.query_one(PaneTabs).choose(pane)
        if focus:
            self._focus_pane(pane)

    def _focus_pane(self, pane: str) -> None:
        if pane == "code":
            self.code.editor.focus()
        elif pane != "findings" or not self.findings.focus_first():
            self.query_one(f"#{pane}").focus()

    def action_next_pane(self) -> None:
        """Cycle through the panes."""
        panes = self.panes
        self.show_pane(panes[(panes.index(self._pane) + 1) % len(panes)], focus=True)

    @on(PaneTabs.Chosen)
    def _tab_clicked(self, event: PaneTabs.Chosen) -> None:
        self.show_pane(event.pane, focus=True)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Where all panes are shown, the one with the focus is the one that ctrl+b leaves."""
        if self.has_class("-wide"):
            inside = {part.id for part in event.widget.ancestors_with_self}
            self._pane = next((pane for pane in PANES if pane in inside), self._pane)

    # Grading

    @told
    def action_grade(self) -> None:
        """Save, then check."""
        if self._save():
            self._grade()

    @told
    def action_save(self) -> None:
        """Save, which checks as well, as saving from any editor does."""
        self.action_grade()

    def _grade(self) -> None:
        self.findings.begin()
        if self.has_class("-narrow") and self._pane == "task":
            self.show_pane("code", focus=True)
        self._runner.start(self.exercise.id)

    def _save(self) -> bool:
        """Write what was typed; False when the learner has to choose first."""
        if self.code.save():
            return True
        self.action_resolve()
        return False

    @on(FindingCame)
    def _finding_came(self, event: FindingCame) -> None:
        self.findings.add(event.finding)

    @on(GradeEnded)
    def _grade_ended(self, event: GradeEnded) -> None:
        path = self.code.buffer.path
        self.findings.end(event.verdict, f"{path.parent.name}/{path.name}")
        self.findings.what_now(self._what_now(event.verdict))
        self._show_counts(event.verdict)
        self._show_state()

    @on(GradeBroke)
    def _grade_broke(self, event: GradeBroke) -> None:
        self.findings.say(event.sentence)

    def _what_now(self, verdict: Verdict) -> Content:
        if not verdict.passed:
            return Content()
        following = self.tutor.next_item(self.exercise.id)
        parts: list[str | tuple[str, Style]] = [
            _link(f"→ ctrl+n {following.title}" if following else "→ that was the last one", "screen.next_exercise")
        ]
        if self._lab() is not None:
            parts += [" · ", _link("ctrl+t train with it", "screen.train")]
        parts += [" · ", _link("solution", "screen.solution")]
        return Content.assemble(*parts)

    def _show_counts(self, verdict: Verdict) -> None:
        passed = sum(finding.outcome == "passed" for finding in verdict.findings)
        sign = "✓" if verdict.passed else "✗"
        self.query_one(PaneTabs).rename("findings", f"Findings {sign} {passed}/{len(verdict.findings)}")

    def _show_state(self) -> None:
        level = "●" * self.exercise.level + "○" * (5 - self.exercise.level)
        state = _STATES[self.session.state(self.exercise.id)]
        self.query_one(TitleBar).show_state(Content.assemble((level, "$accent"), f"  {state}"))

    @on(CodePane.Changed)
    def _show_title(self) -> None:
        mark = " ● not saved" if self.code.dirty else ""
        self.code.border_title = f"Code · {self.code.buffer.path.name}{mark}"
        self.query_one(PaneTabs).rename("code", f"Code{' ●' if mark else ''}")

    @on(CodePane.Reloaded)
    def _reloaded(self) -> None:
        if self.code.buffer.problem is None:
            self.notify(f"{self.code.buffer.path.name} was changed outside: checked again.", timeout=2)
            self._grade()

    def action_resolve(self) -> None:
        """Ask what to do about a file that was changed elsewhere and here."""
        self.code.resolve()

    @on(CodePane.Settled)
    def _settled(self) -> None:
        self._grade()

    # Going elsewhere

    @told
    def action_hint(self) -> None:
        """Show the next hint."""
        hint = self.session.show_hint(self.exercise.id)
        if hint is None:
            self.notify("There are no more hints. The solution is in the palette (ctrl+p).")
            return
        shown, total = self.session.hints_shown(self.exercise.id), len(self.session.hints(self.exercise.id))
        if self.has_class("-narrow"):
            self.show_pane("task", focus=True)
        self.query_one(TaskPane).add_hint(shown, hint, total)

    @told
    def action_external_editor(self) -> None:
        """Edit the real file in the learner's own editor."""
        if self._save():
            self.tutor.edit_outside(self.code.buffer.path)
            self.code.look()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer training only where a lab trains with this exercise."""
        if action == "train":
            return self._lab() is not None
        return super().check_action(action, parameters)

    def action_train(self) -> None:
        """Open the lab that uses this exercise."""
        lab = self._lab()
        if lab is None:
            self.notify("No lab trains with this exercise.")
        else:
            self.leave(lambda: self.tutor.open_lab(lab.id))

    def _lab(self) -> Lab | None:
        """The first lab that trains with this exercise."""
        return next((lab for lab in self.session.course.labs if self.exercise.id in lab.uses), None)

    def on_screen_resume(self) -> None:
        """Back from a lab there may be a new curve."""
        for pane in self.query(RunPane):
            pane.look()

    def action_next_exercise(self) -> None:
        """Go on."""
        following = self.tutor.next_item(self.exercise.id)
        if following is None:
            self.notify("That was the last one. The review queue is under Progress.")
        else:
            self.leave(lambda: self.tutor.open_item(following))

    @told
    def action_solution(self) -> None:
        """Show the solution beside the learner's code, or ask whether to give up."""
        if self.session.may_see_solution(self.exercise.id):
            from tutor.tui.screens.solution import TwoTexts

            texts = (("yours", self.code.editor.text), ("solution", self.session.solution(self.exercise.id)))
            self.app.push_screen(TwoTexts(self.exercise.title, *texts))
            return
        from tutor.tui.screens.dialogs import Question

        text = (
            "The solution opens when your code passes. You may also give up and see it now; passing later still counts."
        )
        answers = {"stay": "Keep trying", "give_up": "Give up and show it"}
        self.app.push_screen(Question("See the solution?", text, answers), self._gave_up)

    @told
    def _gave_up(self, answer: str | None) -> None:
        if answer == "give_up":
            self.session.give_up(self.exercise.id)
            self._show_state()
            self.action_solution()

    def action_reset(self) -> None:
        """Ask, then start over."""
        from tutor.tui.screens.dialogs import Question

        text = "A fresh stub replaces your file; what you have now is kept as a backup."
        answers = {"stay": "Keep my code", "reset": "Start over"}
        self.app.push_screen(Question("Start over?", text, answers), self._reset)

    @told
    def _reset(self, answer: str | None) -> None:
        if answer == "reset":
            if self.code.dirty and self.code.buffer.problem is None:
                self.code.save()
            backup = self.session.reset(self.exercise.id)
            self.code.reload()
            self._show_state()
            self.notify(f"A fresh stub. Your former file: {backup}" if backup else "A fresh stub.")

    def action_history(self) -> None:
        """Show earlier versions."""
        from tutor.tui.screens.history import HistoryScreen

        screen = HistoryScreen(self.session, self.exercise.id)
        self.leave(lambda: self.app.push_screen(screen, self._restored))

    def _restored(self, restored: bool | None) -> None:
        if restored and self.code.buffer.outside() == "changed":  # else the look twice a second was faster
            self.code.reload()
            self._grade()

    def action_find(self) -> None:
        """Search in the code."""
        self.show_pane("code")
        self.query_one(EditorPane).find()

    def action_goto_line(self) -> None:
        """Go to a line of the code."""
        self.show_pane("code")
        self.query_one(EditorPane).goto_line()

    @on(Editor.LeaveRequested)
    async def _escape(self) -> None:
        await self.run_action("app.back")

    def leave(self, then: Callable[[], object]) -> None:
        """Do something that hides this screen, once nothing typed can be lost by it."""
        self.code.leave(then)

    def rescue(self) -> None:
        """Save what was typed; the app is about to end."""
        self.code.rescue()

    def on_unmount(self) -> None:
        """A grade nobody waits for any more ends."""
        self._runner.cancel()


def _link(text: str, action: str) -> tuple[str, Style]:
    return (text, Style.from_meta({"@click": action}) + Style(underline=True))
