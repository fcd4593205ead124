"""The lab screen on the small course of tests/training/mini.py."""

from __future__ import annotations

import os
from functools import partial

import pytest
from textual.widgets import OptionList

from tutor.tui._textual_private import screen_text
from tutor.tui.screens.lab import LabScreen
from tutor.tui.widgets.curve import FigureView, app_theme
from tutor.tui.widgets.knobs import KnobPanel


@pytest.fixture
def lab(start_mini):
    """Open the lab: `async with lab() as pilot`."""
    return partial(start_mini, lambda app: app.open_lab("halve"))


def screen(pilot) -> LabScreen:
    assert isinstance(pilot.app.screen, LabScreen)
    return pilot.app.screen


async def ended(pilot, until):
    await until(pilot, lambda: screen(pilot)._feed is not None and screen(pilot)._feed.over)
    await pilot.pause(0.25)  # one redraw


async def test_the_set_up_says_what_is_trained_and_how(lab):
    async with lab() as pilot:
        shown = screen_text(pilot.app)
        assert "Target: error ≤ 0.01." in shown
        assert "The course's: shrink, measure." in shown
        assert "▸ steps" in shown
        assert "how many" in shown
        assert "^t Train" in shown
        assert max(map(len, shown.split("\n"))) <= 80


async def test_training_draws_the_curve_and_judges(lab, until):
    async with lab() as pilot:
        await pilot.press("ctrl+t")
        await ended(pilot, until)
        shown = screen_text(pilot.app)
        assert "✓ target reached" in shown
        assert "error (log)" in shown
        assert "╌╌ target 0.01" in shown
        assert "100 %" in shown
        assert "Target reached: error ≤ 0.01; it is 9.537e-07." in shown
        await pilot.press("v")
        await pilot.pause(0.25)
        assert screen_text(pilot.app).split("\n")[2].strip().startswith("size")
        await pilot.press("v")
        await pilot.pause(0.25)
        assert "picture" in screen_text(pilot.app)


async def test_knobs_reach_the_run(lab, until):
    async with lab() as pilot:
        await pilot.press("left", "down", "right", "ctrl+t")
        await ended(pilot, until)
        meta = screen(pilot).record.mine.meta
        assert meta.knobs["steps"] == 19
        assert meta.knobs["rate"] > 0.5
        assert meta.seed == 0
        assert "seed" not in meta.knobs


async def test_the_log_axis_goes_off_and_on(lab, until):
    async with lab() as pilot:
        await pilot.press("ctrl+t")
        await ended(pilot, until)
        await pilot.press("g")
        await pilot.pause(0.25)
        assert "(log)" not in screen_text(pilot.app)
        await pilot.press("g", "m")
        await pilot.pause(0.25)
        assert "error (log)" in screen_text(pilot.app)
        assert screen(pilot)._view.smoothing == 0.9


async def test_break_it_shows_the_damage_beside_the_reference(lab, until):
    async with lab((120, 40)) as pilot:
        await pilot.press("b")
        await pilot.pause()
        assert "shrink: grows" in screen_text(pilot.app)
        await pilot.press("down", "enter")
        await ended(pilot, until)
        shown = screen_text(pilot.app)
        assert "(“grows”)" in shown
        assert "⠤⠤ with the mistake" in shown
        assert "○○ reference" in shown
        assert "✗ target not reached" in shown


async def test_a_mistake_that_raises_shows_sentence_and_line(lab, until):
    async with lab() as pilot:
        await pilot.press("b", "down", "down", "enter")
        await ended(pilot, until)
        shown = screen_text(pilot.app)
        assert "raised ValueError: no way" in shown
        assert "shrink_variants.py, line" in shown
        assert "error" in screen(pilot).query_one("#state").render().plain


async def test_pause_and_stop(lab, until):
    async with lab() as pilot:
        screen(pilot).query_one(KnobPanel).values |= {"steps": 100000, "nap": 0.01}
        await pilot.press("ctrl+t")
        await until(pilot, lambda: screen(pilot).record.mine.logged > 3)
        await pilot.press("ctrl+t")  # a second run does not start over it
        await pilot.press("space")
        await until(pilot, lambda: "paused" in screen_text(pilot.app))
        before = -1
        while before != screen(pilot).record.mine.logged:  # what was said before the pause may still be on its way
            before = screen(pilot).record.mine.logged
            await pilot.pause(0.5)
        assert before < 100000
        await pilot.press("space")
        await until(pilot, lambda: screen(pilot).record.mine.logged > before)
        await pilot.press("s")
        await ended(pilot, until)
        assert "Stopped before the end." in screen_text(pilot.app)


async def test_leaving_the_screen_ends_the_processes(lab, until):
    async with lab() as pilot:
        screen(pilot).query_one(KnobPanel).values |= {"steps": 100000, "nap": 0.01}
        await pilot.press("ctrl+t")
        await until(pilot, lambda: screen(pilot).record.mine.logged > 0)
        pids = [child._process.pid for child in screen(pilot)._feed.run._children]
        await pilot.press("escape")
        await until(pilot, lambda: not any(map(_alive, pids)))


def _alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_kept_runs_are_laid_over_and_exported(lab, until):
    async with lab((120, 40)) as pilot:
        await pilot.press("ctrl+t")
        await ended(pilot, until)
        kept = screen(pilot).query_one("#kept", OptionList)
        await until(pilot, lambda: kept.option_count == 1)
        await pilot.press("right", "ctrl+t")
        await ended(pilot, until)
        await until(pilot, lambda: kept.option_count == 2)
        assert "steps=21" in screen_text(pilot.app)
        await pilot.press("c")
        await pilot.pause()
        await pilot.press("down", "enter")
        await pilot.pause(0.3)
        assert "++ halve-" in screen_text(pilot.app)
        await until(pilot, lambda: "(shown)" in screen_text(pilot.app))
        await pilot.press("x")
        await pilot.pause()
        run_id = screen(pilot).record.id
        assert (screen(pilot).session.workspace.root / f"{run_id}.csv").read_text().startswith("who,step,error,size")


async def test_any_size_and_resizing(lab, until):
    async with lab((80, 24)) as pilot:
        await pilot.press("ctrl+t")
        await ended(pilot, until)
        for size in ((40, 10), (60, 15), (200, 60)):
            await pilot.resize_terminal(*size)
            await pilot.pause(0.3)
            lines = screen_text(pilot.app).split("\n")
            assert len(lines) == size[1]
            assert max(map(len, lines)) <= size[0]


def test_figures_take_the_themes_colours():
    theme = app_theme({"primary": "#0178d4", "accent": "ansi_yellow"})
    assert theme.mine == (1, 0x78, 0xD4)
    assert isinstance(theme.reference, int), "an ANSI theme keeps the terminal's own colours"


async def test_an_unchanged_figure_is_not_drawn_again(lab, until, monkeypatch):
    async with lab() as pilot:
        await pilot.press("ctrl+t")
        await ended(pilot, until)
        view = screen(pilot).query_one("#picture", FigureView)
        first = view.render()
        assert view.render() is first
        view.show(view.figure)
        assert view.render() is not first
