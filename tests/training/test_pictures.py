"""From a run to its figures and sentences."""

from __future__ import annotations

import math

from tutor.training.events import End, Goal, Meta, Metrics, Total, Used
from tutor.training.figure import Line, Note
from tutor.training.narrate import clock, progress_line, whose_code
from tutor.training.pictures import View, curve, pictures
from tutor.training.plot import render
from tutor.training.record import RunRecord, time_left
from tutor.training.target import Target


def run(mine, reference=(), total=0, origin="yours"):
    record = RunRecord()
    used = (Used("softmax", origin, "flips" if origin == "mistake" else ""),)
    for who, values in (("mine", mine), ("reference", reference)):
        record.accept(Meta(who, "lab", "Lab", 0, {}, used, ""))
        record.accept(Goal(who, Target("loss", "<=", 0.5)))
        if total:
            record.accept(Total(who, total))
        for step, value in enumerate(values, 1):
            record.accept(Metrics(who, step, {"loss": value, "size": 1.0}))
    return record


def lines(figure):
    return [part for part in figure.parts if isinstance(part, Line)]


def notes(figure):
    return [part.text for part in figure.parts if isinstance(part, Note)]


def test_both_runs_and_the_target_are_drawn_and_named():
    record = run([2.0, 1.0, 0.4], [2.0, 0.9, 0.3])
    labels = [line.label for line in lines(curve(record, "loss", View()))]
    assert labels == ["yours 0.4", "reference 0.3", "target 0.5"]
    assert len({line.marker for line in lines(curve(record, "loss", View()))}) == 3
    assert [line.label for line in lines(curve(record, "size", View()))] == ["yours 1", "reference 1"]


def test_the_axis_reaches_to_the_end_of_the_run_from_the_start():
    assert curve(run([2.0, 1.0], total=300), "loss", View()).x.high == 300
    assert curve(run([2.0, 1.0]), "loss", View()).x.high == 2


def test_a_mistake_is_called_one():
    assert lines(curve(run([1.0], origin="mistake"), "loss", View()))[0].label.startswith("with the mistake")
    assert lines(curve(run([1.0], origin="course"), "loss", View()))[0].label.startswith("the course's code")


def test_what_the_picture_cannot_show_is_said():
    wild = curve(run([2.0, 1e5, 1e9, math.nan], [2.0, 1.0, 0.5, 0.4]), "loss", View())
    assert any("leaves the picture at step 2" in text for text in notes(wild))
    assert any("is nan from step 4 on" in text for text in notes(wild))
    assert lines(wild)[0].label == "yours nan from 4"


def test_the_log_axis_needs_something_positive():
    assert curve(run([2.0, 1.0]), "loss", View(log=True)).y.log
    assert not curve(run([-2.0, -1.0]), "loss", View(log=True)).y.log
    assert "(log)" in curve(run([2.0, 1.0]), "loss", View(log=True)).title


def test_smoothing_changes_the_line_and_not_the_number():
    figure = curve(run([1.0, 3.0, 1.0, 3.0]), "loss", View(smoothing=0.9))
    assert lines(figure)[0].label == "yours 3"
    assert max(lines(figure)[0].y) < 3


def test_earlier_runs_are_laid_over():
    figure = curve(run([2.0, 1.0]), "loss", View(), {"monday": run([3.0, 2.5])})
    assert "monday 2.5" in [line.label for line in lines(figure)]


def test_pictures_come_in_the_labs_order_and_can_be_drawn():
    record = run([2.0, 1.0], [2.0, 1.0])
    shown = pictures(record, ("size", "loss"), View(log=True))
    assert [figure.title for figure in shown] == ["size (log)", "loss"]
    for figure in shown:
        assert len(render(figure, 60, 12).split("\n")) == 12
    assert pictures(RunRecord(), (), View()) == []


def test_progress_and_time_left():
    record = run([2.0, 1.0], total=8)
    assert record.mine.fraction == 0.25
    assert time_left(record.mine, 3.0) == 9.0
    assert progress_line(record.mine, 3.0).startswith("█████░")
    assert "25 %  0:09 left  loss 1" in progress_line(record.mine, 3.0)
    assert "paused" in progress_line(record.mine, 3.0, paused=True)
    record.accept(End("mine", "finished", 3.0))
    assert "100 %" in progress_line(record.mine, 3.0)
    assert progress_line(run([1.0]).mine, 1.0) == ""
    assert math.isnan(time_left(run([1.0]).mine, 1.0))
    assert [clock(v) for v in (7, 725, math.nan)] == ["0:07", "12:05", "?"]


def test_whose_code_in_words():
    text = whose_code({"a": True, "b": False, "c": True}, ("c", "flips"))
    assert text == (
        "Yours: a. The course's: b. Pass an exercise, and the lab trains with your code. "
        "With a known mistake: c (“flips”)."
    )
