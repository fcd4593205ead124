"""Plain output: colours only where welcome, words instead of marks, nothing ends a command."""

from __future__ import annotations

import io
import os
from types import SimpleNamespace

import pytest

from tutor import console


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True

    def fileno(self):
        return 2


@pytest.fixture
def screen(monkeypatch):
    """Standard output and error on a terminal of 30 columns."""
    fake = Terminal()
    # Not sys.stdout itself: pytest puts its own there when the test begins.
    monkeypatch.setattr(console, "sys", SimpleNamespace(stdout=fake, stderr=fake))
    monkeypatch.setattr(os, "get_terminal_size", lambda *_: os.terminal_size((30, 24)))
    monkeypatch.setenv("TERM", "xterm")
    return fake


def test_colour_on_a_terminal(screen):
    assert console.paint("passed", "green") == "\x1b[32mpassed\x1b[0m"
    assert console.paint("") == ""


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_colour_where_it_is_declined(screen, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert console.paint("passed", "green") == "passed"


def test_no_colour_into_a_pipe(screen, monkeypatch):
    monkeypatch.setattr(console.sys, "stdout", io.StringIO())
    assert console.paint("passed", "green") == "passed"
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" in console.paint("passed", "green")


@pytest.mark.parametrize(("encoding", "shown"), [("utf-8", "✓"), ("ascii", "ok"), ("cp1252", "ok"), ("nonsense", "ok")])
def test_marks_become_words(screen, encoding, shown):
    screen.encoding = encoding
    assert console.mark("passed") == shown


def test_a_bar_is_full_only_when_all_is_done(screen):
    assert console.progress_bar(0, 3, 6) == "░" * 6
    assert console.progress_bar(999, 1000, 6) == "█" * 5 + "░"
    assert console.progress_bar(3, 3, 6) == "█" * 6
    assert console.progress_bar(0, 0, 6) == "░" * 6
    screen.encoding = "ascii"
    assert console.progress_bar(1, 2, 6) == "###..."


def test_narration_breaks_between_words(screen):
    console.note("Your own copies of the exercises need a folder: /a/very/long/path/that/is/not/broken.py")
    lines = screen.getvalue().splitlines()
    assert lines[0] == "Your own copies of the"
    assert lines[-1] == "/a/very/long/path/that/is/not/broken.py"


def test_a_row_is_cut_on_a_terminal_and_whole_in_a_pipe(screen, monkeypatch):
    row = "softmax  " + "x" * 40
    assert console.fitted(row) == row[:29] + "…"
    assert console.fitted("short") == "short"
    monkeypatch.setattr(console.sys, "stdout", io.StringIO())
    assert console.fitted(row) == row


def test_closed_streams_swallow_everything(monkeypatch):
    monkeypatch.setattr(console, "sys", SimpleNamespace(stdout=None, stderr=None))
    console.say("answer")
    console.note("narration")
    console.prepare_streams()
    assert console.mark("passed") == "ok"
    assert not console.colored()


def test_json_is_ascii_on_one_line(screen):
    console.say_json({"text": "é\n✓"})
    assert screen.getvalue() == '{"text": "\\u00e9\\n\\u2713"}\n'
