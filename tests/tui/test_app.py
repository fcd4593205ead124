"""What holds on every screen: leaving, help, palette, settings, small terminals, signals, colours."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest
from textual.widgets import Input

from tutor.tui._textual_private import screen_text
from tutor.tui.actions import ACTIONS
from tutor.tui.preferences import load_preferences
from tutor.tui.screens.help import HelpScreen
from tutor.tui.screens.home import HomeScreen
from tutor.tui.screens.progress import ProgressScreen, calendar
from tutor.tui.screens.settings import SettingsScreen
from tutor.tui.screens.small import TooSmall
from tutor.tui.screens.workbench import WorkbenchScreen
from tutor.tui.widgets.editor import Editor

WIDE = (120, 34)


def shown(pilot) -> str:
    return " ".join(screen_text(pilot.app).split())


@pytest.fixture(autouse=True)
def not_the_first_start(session) -> None:
    session.mark_lesson("l01-1", 0)


async def at_workbench(pilot, until) -> WorkbenchScreen:
    await until(pilot, lambda: isinstance(pilot.app.screen, WorkbenchScreen) and pilot.app.screen.query(".prose"))
    pilot.app.screen.query_one(Editor).go_to(0)  # it begins where there is something to do
    return pilot.app.screen


async def test_help_lists_every_action(start, until) -> None:
    async with start(size=(120, 24)) as pilot:
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        await pilot.press("f1")
        text = " ".join(str(line.render()) for line in pilot.app.screen.query("Line"))
        assert [action.help for action in ACTIONS if action.help not in text] == []
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


async def test_a_question_mark_in_the_editor_is_text(start, until) -> None:
    async with start("softmax", size=WIDE) as pilot:
        screen = await at_workbench(pilot, until)
        await pilot.press("question_mark", "slash", "p")
        assert screen.query_one(Editor).text.startswith("?/p")


async def test_the_palette_runs_actions_and_opens_things(start, until, session) -> None:
    async with start("softmax", size=WIDE) as pilot:
        screen = await at_workbench(pilot, until)
        await pilot.press("ctrl+p", *"commentt", "backspace")
        await until(pilot, lambda: "Comment the selected lines" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: screen.query_one(Editor).text.startswith('# """Softmax'))
        await pilot.press("ctrl+p", *"hint")
        await until(pilot, lambda: "from a nudge" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: session.hints_shown("softmax") == 1)
        await pilot.press("ctrl+p", *"say", "space", *"hello")
        await until(pilot, lambda: "Open: Say hello" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: getattr(pilot.app.screen, "exercise", screen.exercise).id == "say-hello")
        assert len(pilot.app.screen_stack) == 2, "one workbench takes the place of the other"
        assert session.path("softmax").read_text().startswith('# """'), "what was typed is saved on the way"


async def test_progress(start, until, session, grader) -> None:
    grader.findings = grader.findings[:1]
    assert list(session.grade("softmax"))
    async with start(size=(80, 40)) as pilot:
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProgressScreen) and "1 of 3 exercises" in shown(pilot))
        assert "10 of 30 points" in shown(pilot)
        assert "✓ 1/1" in shown(pilot)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, WorkbenchScreen))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


def test_the_calendar_ends_with_this_week() -> None:
    from datetime import date

    rows = list(calendar({"2026-11-21": 1, "2026-11-16": 99}, date(2026, 11, 21)))
    assert rows[0].endswith("██")
    assert rows[5].endswith("░░")
    assert rows[6].count("·") == 11, "tomorrow is not there yet"


async def test_settings_are_used_and_kept(start, until) -> None:
    async with start() as pilot:
        await pilot.press("s")
        await until(pilot, lambda: isinstance(pilot.app.screen, SettingsScreen))
        pilot.app.screen.query_one("#tab_width", Input).value = "9"
        await pilot.press("escape")
        await until(pilot, lambda: "must be a number from 1 to 8" in shown(pilot))
        pilot.app.screen.query_one("#tab_width", Input).value = "2"
        pilot.app.screen.query_one("#theme").value = "nord"
        pilot.app.screen.query_one("#reduced_motion").focus()
        await pilot.press("space")
        await pilot.click("#close_brackets")
        await pilot.pause()
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        assert (pilot.app.theme, pilot.app.animation_level) == ("nord", "none")
        kept, note = load_preferences()
        assert (kept, note) == (pilot.app.preferences, "")
        assert (kept.theme, kept.tab_width, kept.reduced_motion, kept.close_brackets) == ("nord", 2, True, True)


async def test_a_theme_chosen_in_the_palette_is_kept_and_reaches_the_editor(start, until) -> None:
    async with start("softmax", size=WIDE) as pilot:
        screen = await at_workbench(pilot, until)
        before = screen.query_one(Editor)._theme.syntax_styles["keyword"]
        pilot.app.theme = "tutor-light"
        await until(pilot, lambda: screen.query_one(Editor)._theme.syntax_styles["keyword"] != before)
        assert load_preferences()[0].theme == "tutor-light"


async def test_a_terminal_that_is_too_small_asks_for_room(start, until) -> None:
    async with start("softmax", size=(80, 24)) as pilot:
        screen = await at_workbench(pilot, until)
        await pilot.press("ctrl+b", "x")
        await pilot.resize_terminal(20, 5)
        await until(pilot, lambda: isinstance(pilot.app.screen, TooSmall) and "Make me larger" in shown(pilot))
        assert "at least 40×10" in shown(pilot)
        await pilot.press("escape", "x", "enter")
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.query_one(Editor).text.startswith("x")


async def test_starting_too_small_and_leaving(start, until) -> None:
    async with start(size=(20, 5)) as pilot:
        await until(pilot, lambda: "Make me larger" in shown(pilot))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: pilot.app._exit)


async def test_ctrl_q_leaves_from_everywhere(start, until) -> None:
    async with start() as pilot:
        left = []
        pilot.app.exit = lambda *_, **__: left.append(type(pilot.app.screen).__name__)
        for number, keys in enumerate(((), ("p",), ("s",), ("f1",), ("slash",), ("ctrl+p",), ("ctrl+n",)), 1):
            await pilot.press(*keys)
            await pilot.pause(0.1)
            await pilot.press("ctrl+q")
            await until(pilot, lambda number=number: len(left) == number)
            while len(pilot.app.screen_stack) > 1:
                await pilot.press("escape")
                await pilot.pause()
        assert len(set(left)) == 7, "each time on another screen"


async def test_ctrl_q_saves_what_was_typed(start, until, session, grader) -> None:
    grader.go_on.clear()
    async with start("softmax", size=WIDE) as pilot:
        await at_workbench(pilot, until)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: grader.jobs)
        await pilot.press("#", "f1", "ctrl+q")
        await until(pilot, lambda: pilot.app._exit)
        assert session.path("softmax").read_text().startswith("#")
        assert grader.cancelled


async def test_ctrl_c_never_ends_the_app(start, until) -> None:
    async with start("softmax", size=WIDE) as pilot:
        screen = await at_workbench(pilot, until)
        await pilot.press("x", "shift+left", "ctrl+c")
        assert pilot.app.clipboard == "x"
        await pilot.press("escape", "ctrl+c")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen) and "ctrl+q" in shown(pilot).lower())
        assert not pilot.app._exit
        assert screen is not None


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no such signal here")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
async def test_a_signal_saves_and_ends(start, until, session, name: str) -> None:
    number = getattr(signal, name)
    before = signal.getsignal(number)
    async with start("softmax", size=WIDE) as pilot:
        await at_workbench(pilot, until)
        await pilot.press("#")
        os.kill(os.getpid(), number)
        await until(pilot, lambda: pilot.app._exit)
        assert session.path("softmax").read_text().startswith("#")
    assert signal.getsignal(number) is before


async def test_a_signal_overwrites_nothing(start, until, session) -> None:
    async with start("softmax", size=WIDE) as pilot:
        screen = await at_workbench(pilot, until)
        await pilot.press("#")
        session.path("softmax").write_text("theirs = 1\n")
        screen.rescue()
        assert session.path("softmax").read_text() == "theirs = 1\n"
        kept = (session.workspace.root / ".tutor" / "history").rglob("*.py")
        assert any(path.read_text().startswith("#") for path in kept)


async def test_a_bug_in_a_handler_saves_what_was_typed(start, until, session) -> None:
    with pytest.raises(ZeroDivisionError):  # noqa: PT012  # the app's own context raises when it is left
        async with start("softmax", size=WIDE) as pilot:
            screen = await at_workbench(pilot, until)
            await pilot.press("#")
            screen.call_later(lambda: 1 / 0)
            await asyncio.sleep(0.1)
            await pilot.pause()
    assert session.path("softmax").read_text().startswith("#")


async def test_no_color_is_respected(start, until, monkeypatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with start("softmax", size=WIDE) as pilot:
        await at_workbench(pilot, until)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "✗ Not yet" in shown(pilot))
        colors = {
            color.triplet
            for strip in pilot.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style
            for color in (segment.style.color, segment.style.bgcolor)
            if color and color.triplet
        }
        assert colors
        assert all(len(set(color)) == 1 for color in colors)


async def test_names_that_can_be_opened_and_one_that_cannot(start, until) -> None:
    async with start("no-such-thing") as pilot:
        await until(pilot, lambda: "'no-such-thing'" in shown(pilot))
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_crumbs_go_back_with_the_mouse(start, until) -> None:
    async with start("softmax") as pilot:
        await at_workbench(pilot, until)
        await pilot.click("#crumbs", offset=(3, 0))
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


async def test_progress_begins_with_the_numbers_at_80_by_24(start, until, session, grader) -> None:
    grader.findings = grader.findings[:1]
    assert list(session.grade("softmax"))
    async with start() as pilot:
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProgressScreen))
        await pilot.pause(0.2)
        assert "1 of 3 exercises" in shown(pilot)
        assert "✓ 1/1" not in shown(pilot)
        await pilot.press("pagedown")
        await until(pilot, lambda: "✓ 1/1" in shown(pilot))
