"""A bar fits the terminal it moves on, and moves on no other."""

from __future__ import annotations

import io
import re

import pytest

from tutor.classroom import progress
from tutor.classroom.progress import Bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch):
    times = iter(range(0, 100_000, 60))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(times))


@pytest.mark.parametrize("columns", [8, 20, 30, 60, 200])
def test_no_line_is_wider_than_the_terminal(monkeypatch, clock, columns):
    monkeypatch.setattr(progress.sys, "stderr", Terminal())
    monkeypatch.setattr(progress, "_columns", lambda: columns)
    bar = Bar()
    for done in range(6):
        bar(done, 5)
    text = progress.sys.stderr.getvalue()
    lines = re.split(r"\r\x1b\[K|\n", text)
    assert max(map(len, lines)) < columns
    assert "5/5" in lines[-2]
    assert text.endswith("\n")


@pytest.mark.parametrize("dumb", [True, False])
def test_where_nothing_moves_there_are_plain_lines(monkeypatch, clock, capsys, dumb):
    if dumb:
        monkeypatch.setattr(progress.sys, "stderr", Terminal())
        monkeypatch.setenv("TERM", "dumb")
    bar = Bar()
    for done in range(3):
        bar(done, 2)
    bar.end()
    text = progress.sys.stderr.getvalue() if dumb else capsys.readouterr().err
    assert text.splitlines() == ["1 of 2  0 a minute, 2:00 left", "2 of 2  1 a minute"]
    assert "\x1b" not in text


def test_a_bar_that_broke_off_leaves_its_line(monkeypatch, clock):
    monkeypatch.setattr(progress.sys, "stderr", Terminal())
    bar = Bar()
    bar(1, 2)
    bar.end()
    bar.end()
    assert progress.sys.stderr.getvalue().count("\n") == 1


def test_nothing_to_do_is_said_where_there_is_somebody(capsys):
    Bar()(0, 0)
    Bar(anybody=False)(0, 0)
    assert capsys.readouterr().err == "Nothing has changed: every verdict is known.\n"
