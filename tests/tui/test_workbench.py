from __future__ import annotations

import pytest
from tui_fakes import FAILED, PASSED

from tutor.model import TutorError
from tutor.tui._textual_private import screen_text
from tutor.tui.screens.dialogs import Question
from tutor.tui.screens.home import HomeScreen
from tutor.tui.screens.solution import TwoTexts
from tutor.tui.screens.workbench import WorkbenchScreen
from tutor.tui.widgets.editor import Editor
from tutor.tui.widgets.findings import FindingRow, FindingsPanel
from tutor.tui.widgets.task_pane import TaskPane


def shown(pilot) -> str:
    return screen_text(pilot.app)


def rows(pilot) -> list[FindingRow]:
    return list(pilot.app.screen.query(FindingRow))


async def at_workbench(pilot, until) -> WorkbenchScreen:
    await until(pilot, lambda: isinstance(pilot.app.screen, WorkbenchScreen) and pilot.app.screen.query(".prose"))
    return pilot.app.screen


async def test_task_at_80_by_24(start, until, golden, settled) -> None:
    async with start("softmax") as pilot:
        await at_workbench(pilot, until)
        await until(pilot, lambda: "0 of 2 hints shown" in shown(pilot))
        golden("workbench_task_80x24", await settled(pilot))


async def test_a_failing_grade_at_80_by_24(start, until, golden, settled, session, grader) -> None:
    async with start("softmax") as pilot:
        await at_workbench(pilot, until)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "1 of 3 checks pass" in shown(pilot) and rows(pilot)[1].has_class("-open"))
        await until(pilot, lambda: "Keeps the shape" not in shown(pilot))  # scrolled to what failed
        golden("workbench_failed_80x24", await settled(pilot))
        await pilot.press("ctrl+b")
        await pilot.pause(0.1)
        golden("workbench_findings_80x24", await settled(pilot))
        assert grader.jobs[0].source == session.path("softmax").read_bytes()
        assert session.state("softmax") == "failed"


async def test_all_panes_at_120_by_34(start, until, golden, settled) -> None:
    async with start("softmax", size=(120, 34)) as pilot:
        await at_workbench(pilot, until)
        await pilot.press("ctrl+r", "ctrl+g")
        await until(pilot, lambda: "1 of 3 checks pass" in shown(pilot) and "Hint 1" in shown(pilot))
        await until(pilot, lambda: "draw 3 of 30" in shown(pilot))
        golden("workbench_120x34", await settled(pilot))


async def test_findings_stream_in(start, until, grader) -> None:
    grader.go_on.clear()
    async with start("softmax", size=(120, 34)) as pilot:
        await at_workbench(pilot, until)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: len(rows(pilot)) == 1)
        assert "Checking" in shown(pilot)
        grader.go_on.set()
        await until(pilot, lambda: len(rows(pilot)) == 3 and "1 of 3 checks pass" in shown(pilot))


async def test_a_new_grade_replaces_the_running_one(start, until, grader) -> None:
    grader.go_on.clear()
    async with start("softmax", size=(120, 34)) as pilot:
        await at_workbench(pilot, until)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: len(rows(pilot)) == 1)
        grader.findings = PASSED
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "2 of 2 checks pass" in shown(pilot))
        assert len(grader.jobs) == 2
        assert len(rows(pilot)) == 2


async def test_after_a_pass_it_says_how_to_go_on_and_stays(start, until, session, grader) -> None:
    grader.findings = PASSED
    session.mark_lesson("l02-1", 0)
    async with start("softmax", size=(120, 34)) as pilot:
        await at_workbench(pilot, until)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "✓ Passed · 2 of 2 checks pass" in shown(pilot))
        assert "→ ctrl+n Cross-entropy · ctrl+t train with it · solution" in shown(pilot)
        assert "✓ passed" in shown(pilot).splitlines()[0]
        assert pilot.app.screen.exercise.id == "softmax"
        opened = []
        pilot.app.open_lab = opened.append
        await pilot.press("ctrl+t")
        assert opened == ["digits"]
        await pilot.press("ctrl+n")
        await until(
            pilot, lambda: getattr(pilot.app.screen, "exercise", None) and pilot.app.screen.exercise.id != "softmax"
        )
        assert pilot.app.screen.exercise.id == "cross-entropy"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


async def test_the_solution_can_be_clicked_after_a_pass(start, until, grader) -> None:
    grader.findings = PASSED
    async with start("softmax", size=(120, 34)) as pilot:
        await at_workbench(pilot, until)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "train with it · solution" in shown(pilot))
        lines = shown(pilot).splitlines()
        y = next(number for number, line in enumerate(lines) if "· solution" in line)
        await pilot.click(offset=(lines[y].index("· solution") + 3, y))
        await until(pilot, lambda: isinstance(pilot.app.screen, TwoTexts))


async def test_what_was_typed_is_saved_before_it_is_graded(start, until, session, grader) -> None:
    async with start("softmax") as pilot:
        screen = await at_workbench(pilot, until)
        screen.query_one(Editor).focus()
        await pilot.press("ctrl+b", *"# x", "enter")
        assert screen.code.dirty
        assert "Code ●" in shown(pilot)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: grader.jobs)
        assert "    # x\n    # TODO" in session.path("softmax").read_text()
        assert b"    # x\n    # TODO" in grader.jobs[0].source
        assert not screen.code.dirty


async def test_hints_come_one_by_one(start, until, session) -> None:
    async with start("softmax") as pilot:
        screen = await at_workbench(pilot, until)
        await pilot.press("ctrl+b", "ctrl+g")
        await until(pilot, lambda: "exp(1000)" in shown(pilot))
        assert screen.has_class("-pane-task")
        assert "1 of 2 hints shown" in shown(pilot)
        await pilot.press("ctrl+g")
        await until(pilot, lambda: "All 2 hints are shown" in shown(pilot))
        await pilot.press("ctrl+g")
        await until(pilot, lambda: "There are no more hints" in shown(pilot))
        assert session.hints_shown("softmax") == 2


async def test_hints_seen_before_are_there_again(start, until, session) -> None:
    session.show_hint("softmax")
    async with start("softmax", size=(120, 40)) as pilot:
        await until(pilot, lambda: "exp(1000)" in shown(pilot))
        assert "1 of 2 hints shown" in shown(pilot)


async def test_the_solution_is_sealed_until_one_gives_up(start, until, session, golden, settled) -> None:
    async with start("softmax") as pilot:
        await at_workbench(pilot, until)
        await pilot.app.run_action("screen.solution")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, WorkbenchScreen))
        assert not session.may_see_solution("softmax")
        await pilot.app.run_action("screen.solution")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        await pilot.press("right", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TwoTexts))
        assert session.state("softmax") == "given_up"
        golden("solution_80x24", await settled(pilot))
        await pilot.press("ctrl+b")
        await until(pilot, lambda: "raise NotImplementedError" in shown(pilot))


async def test_ctrl_b_goes_round(start, until) -> None:
    async with start("softmax") as pilot:
        screen = await at_workbench(pilot, until)
        seen = []
        for _ in range(4):
            await pilot.press("ctrl+b")
            await pilot.pause()
            seen.append(
                next(pane for pane in ("task", "code", "findings", "curve") if screen.has_class(f"-pane-{pane}"))
            )
        assert seen == ["code", "findings", "curve", "task"]


async def test_tabs_can_be_clicked_and_resizing_keeps_what_was_typed(start, until) -> None:
    async with start("softmax") as pilot:
        screen = await at_workbench(pilot, until)
        await pilot.click("PaneTabs", offset=(9, 0))
        await until(pilot, lambda: screen.has_class("-pane-code"))
        await pilot.press(*"abc")
        await pilot.resize_terminal(130, 40)
        await until(pilot, lambda: screen.has_class("-wide"))
        assert "Write softmax" in shown(pilot)
        assert "    abc# TODO" in screen.query_one(Editor).text
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: screen.has_class("-narrow"))
        assert "    abc# TODO" in screen.query_one(Editor).text


async def test_findings_are_opened_by_key_and_mouse(start, until) -> None:
    async with start("softmax", size=(120, 40)) as pilot:
        screen = await at_workbench(pilot, until)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: len(rows(pilot)) == 3 and rows(pilot)[1].has_class("-open"))
        screen.query_one(FindingsPanel).focus_first()
        await pilot.pause()
        await pilot.press("up", "enter")
        assert rows(pilot)[0].has_class("-open")
        await pilot.press("space", "down", "down")
        assert not rows(pilot)[0].has_class("-open")
        assert pilot.app.focused is rows(pilot)[2]
        screen.query_one(FindingsPanel).scroll_home(animate=False)
        await pilot.pause(0.1)
        await pilot.click(rows(pilot)[0], offset=(4, 0))
        assert rows(pilot)[0].has_class("-open")


async def test_what_learner_code_printed_is_never_markup(start, until) -> None:
    async with start("softmax", size=(120, 50)) as pilot:
        await at_workbench(pilot, until)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "[bold]z[/bold] = hello" in shown(pilot))


@pytest.mark.parametrize("error", [TutorError("softmax.py is empty."), RuntimeError("[/] broken pipe")])
async def test_a_grader_that_fails_is_a_sentence(start, until, grader, error: Exception) -> None:
    grader.error = error
    async with start("softmax", size=(120, 40)) as pilot:
        await at_workbench(pilot, until)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: str(error) in shown(pilot))
        grader.error = None
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "1 of 3 checks pass" in shown(pilot))


async def test_leaving_during_a_grade_ends_it(start, until, grader) -> None:
    grader.go_on.clear()
    async with start("softmax") as pilot:
        await at_workbench(pilot, until)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: rows(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen) and grader.cancelled)


async def test_starting_over_keeps_a_backup(start, until, session) -> None:
    session.path("softmax").write_text("mine = 1\n")
    async with start("softmax") as pilot:
        screen = await at_workbench(pilot, until)
        await pilot.app.run_action("screen.reset")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        await pilot.press("right", "enter")
        await until(pilot, lambda: "TODO" in screen.query_one(Editor).text)
        backups = list((session.workspace.root / ".tutor" / "backups").rglob("*.py"))
        assert [path.read_text() for path in backups] == ["mine = 1\n"]


async def test_an_earlier_version_can_be_brought_back(start, until, session, grader) -> None:
    path = session.path("softmax")
    for text in ("first = 1\n", "second = 2\n"):
        path.write_text(text)
        assert list(session.grade("softmax"))
    async with start("softmax", size=(100, 30)) as pilot:
        screen = await at_workbench(pilot, until)
        await pilot.app.run_action("screen.history")
        await until(pilot, lambda: "second = 2" in shown(pilot) and "earlier versions" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "what your file holds now" in shown(pilot))
        await pilot.press("down", "d")
        await until(pilot, lambda: isinstance(pilot.app.screen, TwoTexts))
        await pilot.press("escape", "r")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        await pilot.press("enter")
        await until(pilot, lambda: screen.query_one(Editor).text == "first = 1\n")
        await until(pilot, lambda: len(grader.jobs) == 3)


async def test_history_without_versions_says_so(start, until) -> None:
    async with start("softmax") as pilot:
        await at_workbench(pilot, until)
        await pilot.app.run_action("screen.history")
        await until(pilot, lambda: "Nothing was graded yet" in shown(pilot))
        await pilot.press("r", "d", "escape")
        await at_workbench(pilot, until)


async def test_a_task_that_cannot_be_read_is_a_sentence(start, until, session) -> None:
    session.exercise("softmax").task.write_bytes(b"\xff\xfe")
    async with start("softmax") as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, WorkbenchScreen))
        await until(pilot, lambda: "✗" in shown(pilot) and "softmax.md" in shown(pilot))
        assert isinstance(pilot.app.screen.query_one(TaskPane), TaskPane)


async def test_a_lesser_verdict_leaves_no_old_rows(start, until, grader) -> None:
    async with start("softmax", size=(120, 40)) as pilot:
        await at_workbench(pilot, until)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "1 of 3 checks pass" in shown(pilot))
        grader.findings = FAILED[1:2]
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "0 of 1 checks pass" in shown(pilot))
        await until(pilot, lambda: len(rows(pilot)) == 1)


async def test_a_row_that_is_not_there_yet_takes_the_next_grade(start, until) -> None:
    async with start("softmax", size=(120, 34)) as pilot:
        screen = await at_workbench(pilot, until)
        screen.findings.begin()
        screen.findings.add(PASSED[0])
        screen.findings.begin()
        screen.findings.add(FAILED[1])  # before the row of the first grade could be mounted
        await until(pilot, lambda: "Works for every axis" in shown(pilot) and rows(pilot)[0].has_class("-open"))
