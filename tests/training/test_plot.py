"""Figures as text: sizes, colours, strange values, and reading without colour."""

from __future__ import annotations

import math
import threading

import pytest

from tutor.training import Axis, Bars, Figure, Grid, Line, Note, Scatter
from tutor.training.figure_json import figure_from_json, figure_to_json
from tutor.training.plot import plain, render
from tutor.training.theme import Theme, from_hex, paint

XS = list(range(200))
DOWN = [2.0 * math.exp(-x / 60) for x in XS]
FIGURES = {
    "curve": Figure(
        (Line(XS, DOWN, "yours 0.1"), Line(XS, DOWN, "reference 0.1", "reference", "○")), "loss", Axis("step")
    ),
    "log": Figure((Line(XS, DOWN, "yours"),), "loss", Axis("step"), Axis(log=True)),
    "log-log": Figure((Line(XS, DOWN, "yours"),), "loss", Axis("step", log=True), Axis(log=True)),
    "scatter": Figure(
        (Scatter([0, 1, 2], [3, 1, 2], "data"), Note("here", 1, 1), Note("a long sentence " * 9)), "points"
    ),
    "bars": Figure((Bars(("cat", "tiger"), (0.25, 0.75)), Note("sum 1")), "p"),
    "negative bars": Figure((Bars(("a", "b"), (-0.5, 0.75)),)),
    "counts": Figure((Grid(((50, 2), (1, 47)), kind="counts", labels=("no", "yes"), row_name="truth"),), "confusion"),
    "regions": Figure((Grid(((0, 1), (2, 3)), labels=("A", "B")), Line([0, 1], [0, 1]))),
    "heat": Figure((Grid(((0.0, 0.5), (0.7, 1.0)), kind="heat"),)),
    "panels": Figure((Note("below"),), panels=(Figure((Line(XS, DOWN),), "a"), Figure((Line(XS, DOWN),), "b"))),
    "empty": Figure((), "nothing yet"),
    "one point": Figure((Line([3], [4], "one"),)),
    "constant": Figure((Line([1, 1, 1], [2, 2, 2]),)),
    "nan": Figure((Line([0, 1, 2], [1.0, math.nan, 3.0]), Scatter([0], [math.inf]))),
    "all nan": Figure((Line([0, 1], [math.nan, math.nan], "lost"),), "loss", y=Axis(log=True)),
    "huge": Figure((Line([0, 1, 2], [1e-300, 1.0, 1e300]),), y=Axis(log=True)),
    "diverges": Figure((Line([0, 1, 2], [1.0, 1e30, 1e200]),), y=Axis(low=0, high=3)),
    "zero on log": Figure((Line([0, 1, 2], [0.0, -1.0, 1.0]),), y=Axis(log=True)),
}


@pytest.mark.parametrize("size", [(78, 16), (40, 9), (130, 40), (12, 3), (5, 1)], ids=str)
@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_fills_exactly_its_place(name, size):
    width, height = max(12, size[0]), max(3, size[1])
    lines = render(FIGURES[name], *size, color=False).split("\n")
    assert len(lines) == height
    assert {len(line) for line in lines} == {width}


@pytest.mark.parametrize("name", FIGURES)
def test_colour_changes_nothing_but_colour(name):
    coloured = render(FIGURES[name], 60, 12, theme=from_hex(mine="#0178d4", reference="#ffa62b"))
    assert plain(coloured) == render(FIGURES[name], 60, 12, color=False)
    assert "\x1b" not in render(FIGURES[name], 60, 12, color=False)


def test_series_can_be_told_apart_without_colour_and_are_named_in_words():
    text = render(FIGURES["curve"], 78, 16, color=False)
    head, *body = text.split("\n")
    assert "loss" in head
    assert "⠤⠤ yours 0.1" in head
    assert "○○ reference 0.1" in head
    assert any("○" in line for line in body)
    assert any(0x2801 <= ord(c) <= 0x28FF for line in body for c in line)


def test_the_curve_goes_down_and_the_legend_is_not_over_it():
    rows = render(FIGURES["curve"], 78, 16, color=False).split("\n")[1:-3]
    places = [(r, line.find("○"), line.rfind("○")) for r, line in enumerate(rows) if "○" in line]
    assert [first for _, first, _ in places] == sorted(first for _, first, _ in places)
    assert places[0][0] < places[-1][0]


def test_only_left_and_bottom_axis_with_round_ticks():
    text = render(FIGURES["curve"], 78, 16, color=False)
    assert "┐" not in text
    assert "┘" not in text
    assert "┌" not in text
    assert "└" in text
    assert {"0", "50", "100", "150"} <= set(text.split("\n")[-2].split())
    assert text.split("\n")[-1].strip() == "step"


def test_a_logarithmic_axis_has_powers_of_ten():
    figure = Figure((Line([0, 1, 2], [1e-4, 1e-2, 1.0]),), y=Axis(log=True))
    text = render(figure, 60, 20, color=False)
    assert "1e-4┤" in text
    assert "0.01┤" in text
    assert "1┤" in text


def test_a_diverging_line_is_cut_at_the_edge_and_still_leaves_upwards():
    rows = render(FIGURES["diverges"], 60, 12, color=False).split("\n")
    assert any(0x2801 <= ord(c) <= 0x28FF for c in rows[0])


def test_threads_do_not_mix_their_pictures():
    expected = {name: render(FIGURES[name], 60, 12) for name in ("curve", "log", "scatter", "regions")}
    wrong = []

    def draw(name):
        for _ in range(5):
            if render(FIGURES[name], 60, 12) != expected[name]:
                wrong.append(name)

    threads = [threading.Thread(target=draw, args=(name,)) for name in expected]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_nothing_is_kept_in_the_global_figure():
    """Long-running programs grow when plotext's figure is not cleared."""
    import plotext

    render(FIGURES["scatter"], 60, 12)
    plotext.plot_size(60, 12)
    assert "●" not in plotext.build()


@pytest.mark.parametrize("name", [n for n in FIGURES if n not in {"nan", "all nan"}])
def test_figures_travel_as_json(name):
    import json

    there = json.loads(json.dumps(figure_to_json(FIGURES[name]), allow_nan=False))
    assert render(figure_from_json(there), 60, 12) == render(FIGURES[name], 60, 12)


def test_numbers_that_are_none_and_arrays_travel_too():
    import json

    import numpy as np

    figure = Figure((Line(np.arange(3), np.array([1.0, np.nan, np.inf])),))
    there = figure_from_json(json.loads(json.dumps(figure_to_json(figure), allow_nan=False)))
    y = there.parts[0].y
    assert y[0] == 1.0
    assert math.isnan(y[1])
    assert y[2] == math.inf


def test_an_unknown_part_is_refused():
    with pytest.raises(KeyError):
        figure_from_json({"is": "Surprise"})
    with pytest.raises(ValueError, match="expected a figure"):
        figure_from_json({"is": "Note", "text": "x"})


def test_paint_and_themes():
    assert paint("x", None) == "x"
    assert paint("x", 12) == "\x1b[38;5;12mx\x1b[0m"
    assert from_hex(mine="#0102ff").mine == (1, 2, 255)
    assert from_hex(mine="ansi_blue").mine == Theme().mine


@pytest.mark.parametrize(("width", "height", "cells"), [(80, 16, 8), (56, 14, 8), (77, 23, 5), (40, 12, 7), (31, 9, 3)])
def test_a_number_lies_on_the_cell_it_belongs_to(width: int, height: int, cells: int) -> None:
    """A note in the middle of a grid's cell, and the ticks beside it, hit this cell at any size of the picture."""
    values = [[float(i == j) for j in range(cells)] for i in range(cells)]
    notes = [Note("X", j + 0.5, i + 0.5) for i in range(cells) for j in range(cells)]
    ticks = tuple((i + 0.5, f"row{i}") for i in range(cells))
    axis = Axis(ticks=ticks, low=0, high=cells)
    rows = render(
        Figure((Grid(values, (0, cells), (0, cells), kind="heat"), *notes), y=axis), width, height, color=False
    )
    for line in rows.split("\n"):
        if "row" in line:
            name, _, row = line.partition("┤")
            marks = [k for k, char in enumerate(row) if char == "X"]
            assert len(marks) == cells
            dark = [n for n, k in enumerate(marks) if "▓" in row[max(0, k - 1) : k + 2]]
            assert dark == [int(name.strip().removeprefix("row"))]
