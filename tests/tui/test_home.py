from __future__ import annotations

from pathlib import Path

from tutor.tui._textual_private import screen_text
from tutor.tui.screens.home import HomeScreen
from tutor.tui.screens.search import SearchScreen
from tutor.tui.screens.welcome import WelcomeScreen
from tutor.tui.screens.workbench import WorkbenchScreen
from tutor.tui.widgets.course_tree import CourseTree


async def test_the_first_start_welcomes_and_leads_to_lesson_1(start, until, golden, settled, session) -> None:
    session.workspace.root = Path.home() / "tutor"
    async with start() as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, WelcomeScreen))
        golden("welcome", await settled(pilot))
        opened = []
        pilot.app.open_lesson = opened.append
        await pilot.press("enter")
        await until(pilot, lambda: opened == ["l01-1"])


async def test_home_at_80_by_24(start, until, golden, settled, session) -> None:
    session.show_hint("say-hello")
    session.mark_lesson("l01-1", 2)
    async with start() as pilot:
        await until(pilot, lambda: "Continue: Say hello" in screen_text(pilot.app))
        tree = pilot.app.screen.query_one(CourseTree)
        await until(pilot, lambda: tree.cursor_node.data.id == "say-hello")
        tree.root.children[1].expand()
        await pilot.pause()
        golden("home_80x24", await settled(pilot))


async def test_home_wide(start, until, golden, settled, session) -> None:
    session.mark_lesson("l01-1", 0)
    async with start(size=(120, 30)) as pilot:
        tree = pilot.app.screen.query_one(CourseTree)
        await until(pilot, lambda: tree.cursor_node and tree.cursor_node.data.id == "say-hello")
        await until(pilot, lambda: pilot.app.screen.has_class("-wide") and "points" in screen_text(pilot.app))
        await pilot.pause(0.2)
        golden("home_120x30", await settled(pilot))


async def test_enter_opens_what_is_next(start, until, session) -> None:
    session.mark_lesson("l01-1", 0)
    async with start() as pilot:
        await until(pilot, lambda: pilot.app.screen.query_one(CourseTree).cursor_node is not None)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, WorkbenchScreen))
        assert pilot.app.screen.exercise.id == "say-hello"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


async def test_continue(start, until, session) -> None:
    session.mark_lesson("l01-1", 0)
    async with start() as pilot:
        for key in ("ctrl+n", "c"):
            await pilot.press(key)
            await until(pilot, lambda: isinstance(pilot.app.screen, WorkbenchScreen))
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


async def test_chapters_fold_with_enter_and_with_the_mouse(start, until, session) -> None:
    session.mark_lesson("l01-1", 0)
    async with start() as pilot:
        tree = pilot.app.screen.query_one(CourseTree)
        await until(pilot, lambda: tree.cursor_node is not None)
        chapter = tree.root.children[1]
        tree.move_cursor(chapter)
        await pilot.press("enter")
        assert chapter.is_expanded
        await pilot.click(tree, offset=(6, chapter.line))
        await until(pilot, lambda: not chapter.is_expanded)


async def test_search_opens_what_was_found(start, until, session) -> None:
    session.mark_lesson("l01-1", 0)
    async with start() as pilot:
        await pilot.press("ctrl+f")
        await until(pilot, lambda: isinstance(pilot.app.screen, SearchScreen))
        await pilot.press(*"linear")
        await until(pilot, lambda: "Temperature" in screen_text(pilot.app))
        await pilot.press("down", "down", "up", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, WorkbenchScreen))
        assert pilot.app.screen.exercise.id == "softmax"


async def test_search_that_finds_nothing_says_so(start, until, session) -> None:
    session.mark_lesson("l01-1", 0)
    async with start() as pilot:
        await pilot.press("slash", *"zzz")
        await until(pilot, lambda: "Nothing is called “zzz”." in screen_text(pilot.app))
        await pilot.press("enter", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


async def test_the_grader_is_warmed_behind_the_first_paint(start, until, session, grader) -> None:
    session.mark_lesson("l01-1", 0)
    async with start() as pilot:
        await until(pilot, lambda: grader.warmed == 1)


async def test_everything_done_points_to_the_review(start, until, session) -> None:
    for name in ("say-hello", "softmax", "cross-entropy"):
        session.give_up(name)
    session.next_exercise = lambda after=None: None
    async with start() as pilot:
        await until(pilot, lambda: "Everything is done" in screen_text(pilot.app))
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


async def test_a_course_without_chapters_is_no_crash(session, start, until) -> None:
    from dataclasses import replace

    session.course = replace(session.course, chapters=())
    async with start() as pilot:
        await until(pilot, lambda: "nothing in it yet" in screen_text(pilot.app))


async def test_a_locked_database_is_a_sentence(session, start, until, monkeypatch) -> None:
    from tutor.model import TutorError

    session.mark_lesson("l01-1", 0)

    def locked() -> None:
        raise TutorError("Your progress database is locked by another program.")

    monkeypatch.setattr(session, "states", locked)
    async with start(size=(100, 30)) as pilot:
        await until(pilot, lambda: "progress database is" in screen_text(pilot.app))
