"""The explorer screen: knobs by keys and mouse, the picture at once."""

from __future__ import annotations

from functools import partial

import pytest

from tutor.course.load import bundled_root, load_course
from tutor.model import CourseError
from tutor.session import open_session
from tutor.training.knobs import defaults
from tutor.training.module import load_explorer
from tutor.training.plot import render
from tutor.tui._textual_private import screen_text
from tutor.tui.screens.explorer import ExplorerScreen
from tutor.tui.widgets.knobs import KnobPanel

BUNDLED = sorted(bundled_root().glob("lessons/*/explore_*.py"))


@pytest.fixture
def explorer(start_mini):
    """Open the explorer: `async with explorer() as pilot`."""
    return partial(start_mini, lambda app: app.open_explorer("slope"))


@pytest.mark.parametrize("size", [(80, 24), (130, 40)], ids=str)
async def test_keys_turn_knobs_and_the_picture_follows(explorer, size):
    async with explorer(size) as pilot:
        assert "⠤⠤ slope 1" in screen_text(pilot.app)
        assert "What a slope does" in screen_text(pilot.app)
        assert "how steep" in screen_text(pilot.app)
        await pilot.press("right", "right")
        assert "⠤⠤ slope 2" in screen_text(pilot.app)
        await pilot.press("left", "left", "left")
        assert "⠤⠤ slope 0.5" in screen_text(pilot.app)
        await pilot.press("down", "right")
        assert "‹ thick ›" in screen_text(pilot.app)
        assert "how thick" in screen_text(pilot.app)
        await pilot.press("home")
        assert "⠤⠤ slope 1" in screen_text(pilot.app)
        assert "‹ thin ›" in screen_text(pilot.app)


async def test_the_mouse_turns_knobs(explorer):
    async with explorer() as pilot:
        panel = pilot.app.screen.query_one(KnobPanel)
        start = panel._slider_start
        await pilot.click(panel, offset=(start, 0))
        assert panel.values["slope"] == -3.0
        await pilot.click(panel, offset=(start + 39, 0))
        assert panel.values["slope"] == 3.0
        await pilot.click(panel, offset=(4, 1))
        assert panel.values["style"] == "thick"
        assert panel.selected == 1
        assert "⠤⠤ slope 3" in screen_text(pilot.app)


async def test_a_picture_that_fails_is_a_sentence(explorer, monkeypatch):
    async with explorer() as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, ExplorerScreen)

        def broken(values):
            raise ZeroDivisionError("oops")

        object.__setattr__(screen.module, "draw", broken)
        await pilot.press("right")
        assert "This picture cannot be drawn: ZeroDivisionError: oops" in screen_text(pilot.app)


def test_an_unknown_explorer_and_a_broken_file(mini_course, tmp_path):
    with pytest.raises(CourseError, match="no explorer"):
        ExplorerScreen(open_session(mini_course, tmp_path / "w", create=True), "slop e")
    broken = tmp_path / "explore_x.py"
    for source, words in (("1/0", "ZeroDivisionError"), ("TITLE = 'x'", "dataclass Knobs"), ("def f(:", "SyntaxError")):
        broken.write_text(source)
        with pytest.raises(CourseError, match=words):
            load_explorer(broken)


@pytest.mark.parametrize("path", BUNDLED, ids=lambda p: p.stem)
def test_every_bundled_explorer_draws_at_every_end_of_its_knobs(path):
    """Pure, whatever the knobs say, and it fits 80 columns."""
    module = load_explorer(path)
    assert module.teaches
    start = defaults(module.knobs)
    for knob in module.knobs:
        assert knob.help, knob.name
        ends = (
            knob.options or (False, True)
            if knob.kind in ("choice", "toggle")
            else (knob.at(0), knob.at(0.6), knob.at(1))
        )
        for value in ends:
            values = start | {knob.name: value}
            picture = render(module.draw(values), 78, 12, color=False)
            assert picture == render(module.draw(values), 78, 12, color=False)
            assert len(picture.split("\n")) == 12
            assert "nan" not in picture


@pytest.mark.parametrize("path", BUNDLED, ids=lambda p: p.stem)
def test_every_knob_of_a_bundled_explorer_changes_the_picture(path):
    module = load_explorer(path)
    start = defaults(module.knobs)
    others = [start, *([start | {"hidden": 4}] if "hidden" in start else [])]
    others += [start | {knob.name: option} for knob in module.knobs for option in knob.options]
    others += [start | {name: not value} for name, value in start.items() if isinstance(value, bool)]
    for knob in module.knobs:
        changed = False
        for base in others:
            pictures = {
                render(module.draw(base | {knob.name: knob.turn(base[knob.name], n)}), 78, 16)
                for n in (-4, -1, 0, 1, 4)
            }
            changed = changed or len(pictures) > 1
        assert changed, f"{knob.name} does nothing"


def test_the_bundled_course_names_what_is_there():
    course = load_course(bundled_root())
    assert {e.path for e in course.explorers} <= set(BUNDLED)
