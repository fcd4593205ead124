from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.events import Key
from textual.pilot import Pilot
from textual.screen import Screen

from tutor.tui.preferences import Preferences
from tutor.tui.widgets.editor import Editor
from tutor.tui.widgets.editor_pane import EditorPane

STUB = "def f(x):\n    if x:\n        return 1\n    return 2\n"


class OnlyScreen(Screen[None]):
    """Nothing but the editor."""

    def __init__(self, text: str, preferences: Preferences) -> None:
        super().__init__()
        self.start_text, self.preferences = text, preferences

    def compose(self) -> ComposeResult:
        yield EditorPane(self.preferences)

    def on_mount(self) -> None:
        self.query_one(Editor).load_text(self.start_text)

    def action_find(self) -> None:
        self.query_one(EditorPane).find()

    def action_goto_line(self) -> None:
        self.query_one(EditorPane).goto_line()


class Only(App[None]):
    """An app of one screen."""

    def __init__(self, text: str, preferences: Preferences) -> None:
        super().__init__()
        self.only = OnlyScreen(text, preferences)

    def get_default_screen(self) -> Screen[None]:
        return self.only


Open = Callable[..., AbstractAsyncContextManager[tuple[Pilot[None], Editor]]]


@pytest.fixture
def edit() -> Open:
    @asynccontextmanager
    async def opened(text: str = STUB, **preferences: object) -> AsyncIterator[tuple[Pilot[None], Editor]]:
        async with Only(text, Preferences(**preferences)).run_test(size=(80, 24)) as pilot:
            editor = pilot.app.only.query_one(Editor)
            editor.focus()
            await pilot.pause()
            yield pilot, editor

    return opened


async def test_typing_a_function_needs_no_spaces(edit: Open) -> None:
    async with edit("") as (pilot, editor):
        for line in ("def f(x):", "if x:", "return 1"):
            for key in line:
                await pilot.press({" ": "space"}.get(key, key))
            await pilot.press("enter")
        await pilot.press(*"y", "enter", "backspace", *"z")
        assert editor.text == "def f(x):\n    if x:\n        return 1\n    y\nz"


async def test_undo_and_redo(edit: Open) -> None:
    async with edit() as (pilot, editor):
        editor.move_cursor((0, 9))
        await pilot.press("enter", "x", "ctrl+z", "ctrl+z")
        assert editor.text == STUB
        await pilot.press("ctrl+y", "ctrl+y")
        assert editor.text.startswith("def f(x):\n    x\n")


async def test_tab_and_shift_tab_move_selected_lines(edit: Open) -> None:
    async with edit() as (pilot, editor):
        editor.move_cursor((1, 0))
        await pilot.press("shift+down", "shift+down", "tab")
        assert editor.text == "def f(x):\n        if x:\n            return 1\n    return 2\n"
        await pilot.press("shift+tab", "shift+tab", "shift+tab")
        assert editor.text == "def f(x):\nif x:\nreturn 1\n    return 2\n"
        assert editor.selected_text.startswith("if x:\nreturn 1")
        editor.move_cursor((3, 4))
        await pilot.press("tab", "shift+tab")
        assert editor.text.endswith("    return 2\n")
        await pilot.press("tab")
        assert editor.text.endswith("        return 2\n"), "without a selection, tab goes to the next stop"


@pytest.mark.parametrize("key", ["ctrl+underscore", "ctrl+slash"])
async def test_comments(edit: Open, key: str) -> None:
    async with edit() as (pilot, editor):
        editor.move_cursor((1, 6))
        await pilot.press("shift+down", key)
        assert editor.text == "def f(x):\n    # if x:\n    #     return 1\n    return 2\n"
        await pilot.press(key)
        assert editor.text == STUB


async def test_brackets_close_only_when_that_is_wanted(edit: Open) -> None:
    async with edit("x") as (pilot, editor):
        await pilot.press("left_parenthesis")
        assert editor.text == "(x"
    async with edit("", close_brackets=True) as (pilot, editor):
        await pilot.press("left_parenthesis", "left_square_bracket", *"a", "right_square_bracket", "right_parenthesis")
        assert editor.text == "([a])"
        editor.load_text("word")
        await pilot.press("left_parenthesis")
        assert editor.text == "(word", "in front of a word nothing is closed"
        editor.load_text("word")
        editor.select_all()
        await pilot.press("left_parenthesis")
        assert editor.text == "(word)"


async def test_find_goes_round_and_escape_comes_back(edit: Open) -> None:
    async with edit() as (pilot, editor):
        await pilot.press("ctrl+f", *"return")
        await pilot.pause()
        assert (editor.selected_text, editor.selection.start) == ("return", (2, 8))
        await pilot.press("enter")
        await pilot.pause()
        assert editor.selection.start == (3, 4)
        await pilot.press("ctrl+f")
        await pilot.pause()
        assert editor.selection.start == (2, 8)
        await pilot.press("up")
        await pilot.pause()
        assert editor.selection.start == (3, 4)
        assert "2 of 2" in str(pilot.app.screen.query_one("#find-count").render())
        await pilot.press("escape")
        await pilot.pause()
        assert pilot.app.focused is editor
        assert pilot.app.screen.query_one("FindBar").has_class("-hidden")


async def test_find_begins_with_the_selection_and_says_when_there_is_nothing(edit: Open) -> None:
    async with edit() as (pilot, editor):
        editor.go_to(0, 4, 1)
        await pilot.press("ctrl+f")
        await pilot.pause()
        assert pilot.app.screen.query_one("#find-input").value == "f"
        await pilot.press("z", "z")
        await pilot.pause()
        assert "no match" in str(pilot.app.screen.query_one("#find-count").render())


async def test_go_to_line(edit: Open) -> None:
    async with edit() as (pilot, editor):
        await pilot.press("ctrl+l", *"3", "enter")
        await pilot.pause()
        assert editor.cursor_location == (2, 0)
        assert pilot.app.focused is editor
        await pilot.press("ctrl+l", *"999", "enter")
        await pilot.pause()
        assert editor.cursor_location[0] == 4
        await pilot.press("ctrl+l", *"x", "enter")
        await pilot.pause()
        assert "a number, please" in str(pilot.app.screen.query_one("#find-count").render())


async def test_read_only_means_read_only(edit: Open) -> None:
    async with edit() as (pilot, editor):
        editor.read_only = True
        editor.select_all()
        await pilot.press("x", "enter", "backspace", "tab", "shift+tab", "ctrl+slash", "ctrl+x", "ctrl+k")
        assert editor.text == STUB


async def test_a_keystroke_asks_only_for_the_lines_in_view(edit: Open) -> None:
    text = STUB * 75
    async with edit(text) as (pilot, editor):
        assert editor.is_syntax_aware
        assert editor.document.line_count == 301
        editor.move_cursor((150, 0))
        await pilot.pause()
        before = editor.lines_queried
        await pilot.press("x")
        await pilot.pause()
        assert 0 < editor.lines_queried - before <= 64


async def test_lines_that_scroll_into_view_are_highlighted(edit: Open) -> None:
    async with edit(STUB * 75) as (pilot, editor):
        editor.move_cursor((260, 0))
        await pilot.pause()
        line = editor._render_line(10)
        assert len({segment.style.color for segment in line if segment.style}) > 2


async def test_a_string_over_many_lines_stays_one(edit: Open) -> None:
    text = 'x = """\n' + "inside = 1\n" * 60 + '"""\ny = 1\n'
    async with edit(text) as (_, editor):
        assert [span[2] for span in editor._highlights[45]] == ["string"]
        assert all(name != "string" for _, _, name in editor._highlights[62])


async def test_plain_text_without_tree_sitter(edit: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    from tutor.tui.widgets import editor as module

    monkeypatch.setattr(module, "grammar", lambda: None)
    async with edit() as (pilot, editor):
        assert not editor.is_syntax_aware
        await pilot.press("x")
        assert editor.text == "x" + STUB


async def test_text_beyond_ascii(edit: Open) -> None:
    async with edit('α = "ä→" # ∑\n') as (pilot, editor):
        await pilot.press("end", "enter", *"β")
        assert editor.text == 'α = "ä→" # ∑\nβ\n'


async def test_a_burst_of_keys_keeps_its_order(edit: Open) -> None:
    async with edit("one\ntwo\n") as (pilot, editor):
        editor.focus()
        await pilot.pause()
        for key, character in (("down", None), ("end", None), ("shift+home", None), ("2", "2"), ("ctrl+home", None),
                               ("exclamation_mark", "!"), ("ctrl+end", None), ("3", "3")):  # fmt: skip
            pilot.app.post_message(Key(key, character))  # none waits for the one before, as on a slow line
        await pilot.pause(0.1)
        assert editor.text == "!one\n2\n3"


async def test_the_cursor_stays_in_view(edit: Open) -> None:
    async with edit(f"{'line' * 40}\n" * 100) as (pilot, editor):
        editor.display = False
        await pilot.pause()
        editor.go_to(60, 4)
        editor.display = True
        await pilot.pause()
        assert editor.scroll_offset.x == 0
        assert editor.scroll_offset.y <= 60 < editor.scroll_offset.y + editor.size.height
        await pilot.resize_terminal(80, 8)
        await pilot.pause()
        assert editor.scroll_offset.y <= 60 < editor.scroll_offset.y + editor.size.height
