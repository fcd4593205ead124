"""Changes that another editor makes to the file while it is open here."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tutor.tui._textual_private import screen_text
from tutor.tui.screens.dialogs import Question
from tutor.tui.screens.home import HomeScreen
from tutor.tui.screens.solution import TwoTexts
from tutor.tui.screens.workbench import WorkbenchScreen
from tutor.tui.widgets.editor import Editor

SIZE = (120, 34)


def shown(pilot) -> str:
    return " ".join(screen_text(pilot.app).split())


async def ready(pilot, until) -> WorkbenchScreen:
    await until(pilot, lambda: isinstance(pilot.app.screen, WorkbenchScreen) and pilot.app.screen.query(".prose"))
    pilot.app.screen.query_one(Editor).go_to(0)  # it begins where there is something to do
    return pilot.app.screen


def kept(session) -> set[str]:
    return {path.read_text() for path in (session.workspace.root / ".tutor" / "history").rglob("*.py")}


async def test_a_change_is_shown_and_graded(start, until, session, grader) -> None:
    async with start("softmax", size=SIZE) as pilot:
        screen = await ready(pilot, until)
        session.path("softmax").write_text("outside = 1\n")
        await until(pilot, lambda: screen.query_one(Editor).text == "outside = 1\n")
        await until(pilot, lambda: "was changed outside" in shown(pilot))
        await until(pilot, lambda: grader.jobs and grader.jobs[0].source == b"outside = 1\n")


@pytest.mark.parametrize(("keys", "text"), [((), "mine"), (("right",), "theirs")])
async def test_unsaved_changes_are_never_lost(start, until, session, grader, keys, text) -> None:
    async with start("softmax", size=SIZE) as pilot:
        screen = await ready(pilot, until)
        await pilot.press(*"# mine", "enter")
        mine = screen.query_one(Editor).text
        session.path("softmax").write_text("theirs = 1\n")
        await until(pilot, lambda: "changed elsewhere, and you have unsaved changes" in shown(pilot))
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        assert session.path("softmax").read_text() == "theirs = 1\n"
        await pilot.press(*keys, "enter")
        expected = mine if text == "mine" else "theirs = 1\n"
        await until(pilot, lambda: grader.jobs and grader.jobs[-1].source == expected.encode())
        assert session.path("softmax").read_text() == screen.query_one(Editor).text == expected
        assert kept(session) >= {"theirs = 1\n" if text == "mine" else mine}
        assert not screen.code.conflict


async def test_the_difference_can_be_seen_first(start, until, session) -> None:
    async with start("softmax", size=SIZE) as pilot:
        screen = await ready(pilot, until)
        await pilot.press("x")
        session.path("softmax").write_text("theirs = 1\n")
        await until(pilot, lambda: "changed elsewhere" in shown(pilot))
        await pilot.click("#banner")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        await pilot.press("right", "right", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TwoTexts) and "theirs = 1" in shown(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.code.conflict
        assert screen.query_one(Editor).text.startswith("x")


async def test_a_file_that_is_gone_can_be_written_again(start, until, session) -> None:
    path = session.path("softmax")
    async with start("softmax", size=SIZE) as pilot:
        screen = await ready(pilot, until)
        before = path.read_text()
        path.unlink()
        await until(pilot, lambda: "is gone from the disk" in shown(pilot))
        await pilot.press("ctrl+s")
        await until(pilot, path.exists)
        assert path.read_text() == before == screen.query_one(Editor).text


async def test_a_file_that_came_back_is_shown(start, until, session) -> None:
    path = session.path("softmax")
    async with start("softmax", size=SIZE) as pilot:
        screen = await ready(pilot, until)
        path.unlink()
        await until(pilot, lambda: "is gone from the disk" in shown(pilot))
        path.write_text("back = 1\n")
        await until(pilot, lambda: screen.query_one(Editor).text == "back = 1\n")
        assert "is gone" not in shown(pilot)


async def test_a_file_that_is_no_text_is_a_sentence_until_it_is(start, until, session) -> None:
    path = session.path("softmax")
    path.write_bytes(b"x = 1\n\xff")
    async with start("softmax", size=SIZE) as pilot:
        screen = await ready(pilot, until)
        await until(pilot, lambda: "is not UTF-8 text (line 2)" in shown(pilot))
        assert screen.query_one(Editor).read_only
        await pilot.press("a", "ctrl+s")
        assert path.read_bytes() == b"x = 1\n\xff"
        path.write_text("x = 2\n")
        await until(pilot, lambda: screen.query_one(Editor).text == "x = 2\n")
        assert not screen.query_one(Editor).read_only


async def test_a_full_disk_keeps_the_text_and_lets_one_leave(start, until, session, monkeypatch) -> None:
    from tutor.model import TutorError

    def full(*_: object) -> None:
        raise TutorError("Could not write softmax.py: the disk is full.")

    async with start("softmax", size=SIZE) as pilot:
        screen = await ready(pilot, until)
        await pilot.press("x")
        monkeypatch.setattr(session, "save", full)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "the disk is full" in shown(pilot))
        assert screen.code.dirty
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        await pilot.press("right", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


async def test_leaving_saves_by_itself(start, until, session) -> None:
    async with start("softmax", size=SIZE) as pilot:
        await ready(pilot, until)
        await pilot.press("#", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        assert session.path("softmax").read_text().startswith("#")


@pytest.mark.parametrize(("keys", "left", "saved"), [(("enter",), True, True), (("right", "enter"), True, False),
                                                     (("escape",), False, False)])  # fmt: skip
async def test_leaving_asks_when_that_is_wanted(start, until, session, keys, left: bool, saved: bool) -> None:
    async with start("softmax", size=SIZE) as pilot:
        pilot.app._keep(replace(pilot.app.preferences, autosave=False))
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen) or pilot.app.screen.query(".prose"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        pilot.app.open_exercise("softmax")
        screen = await ready(pilot, until)
        await pilot.press("#", "ctrl+q")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        typed = screen.query_one(Editor).text
        await pilot.press(*keys)
        await until(pilot, lambda: (pilot.app._exit is True) == left)
        assert session.path("softmax").read_text().startswith("#") == saved
        assert saved or not left or typed in kept(session)


@pytest.fixture
def no_terminal(monkeypatch):
    """`App.suspend` needs a terminal; a test has none to hand over."""
    from tutor.tui.app import TutorApp

    @contextmanager
    def suspend(app):
        app.handed_over = True
        yield  # as in Textual: what is raised here keeps the terminal from coming back
        app.handed_over = False

    monkeypatch.setattr(TutorApp, "suspend", suspend)


async def test_the_external_editor_gets_the_real_file(
    start, until, session, grader, monkeypatch, no_terminal, tmp_path
) -> None:
    script = tmp_path / "edit it.py"
    script.write_text("import sys\nopen(sys.argv[1], 'a').write('outside = 1\\n')\n")
    monkeypatch.setenv("VISUAL", f'{sys.executable} "{script}"')
    async with start("softmax", size=SIZE) as pilot:
        screen = await ready(pilot, until)
        await pilot.press("#", "enter", "ctrl+o")
        await until(pilot, lambda: screen.query_one(Editor).text.endswith("outside = 1\n"))
        assert screen.query_one(Editor).text.startswith("#\n"), "what was typed is saved before the editor opens"
        await until(pilot, lambda: grader.jobs)


async def test_ctrl_c_in_the_external_editor_is_not_for_the_app(
    start, until, monkeypatch, no_terminal, tmp_path
) -> None:
    script = tmp_path / "editor.py"
    script.write_text(
        "import os, signal, sys\nos.kill(os.getppid(), signal.SIGINT)\nopen(sys.argv[1], 'w').write('y = 1\\n')\n"
    )
    monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")
    async with start("softmax", size=SIZE) as pilot:
        screen = await ready(pilot, until)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: screen.query_one(Editor).text == "y = 1\n")
        assert not pilot.app._exit


@pytest.mark.parametrize(
    ("editor", "sentence"),
    [("", "No editor is set"), ("no-such-editor -w", "'no-such-editor' is not installed"),
     ("'", "cannot be understood"), ("sh -c 'exit 3'", "sh ended with exit code 3")],  # a toast wraps at 60 columns
)  # fmt: skip
async def test_an_editor_that_does_not_work_is_a_sentence(
    start, until, monkeypatch, no_terminal, editor, sentence
) -> None:
    monkeypatch.setenv("VISUAL", editor)
    monkeypatch.delenv("EDITOR", raising=False)
    async with start("softmax", size=SIZE) as pilot:
        await ready(pilot, until)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: sentence in shown(pilot))
        assert not getattr(pilot.app, "handed_over", False)


async def test_without_a_terminal_to_hand_over_there_is_a_sentence(start, until, monkeypatch) -> None:
    monkeypatch.setenv("VISUAL", sys.executable)
    async with start("softmax", size=SIZE) as pilot:
        await ready(pilot, until)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "cannot be handed to another program" in shown(pilot))


def test_ctrl_c_in_the_editor_does_not_end_the_app(tmp_path) -> None:
    import signal

    from tutor.tui.external import run_editor

    script = f"import os, signal; os.kill({os.getpid()}, signal.SIGINT)"
    before = signal.getsignal(signal.SIGINT)
    run_editor([sys.executable, "-c", script], tmp_path / "x")
    assert signal.getsignal(signal.SIGINT) is before
