"""The commands that talk to the outside: watch, start and doctor."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from tutor import watch
from tutor.commands import doctor, start
from tutor.session import open_session

RIGHT, WRONG = "def double(x):\n    return 2 * x  # right\n", "def double(x):\n    return x\n"


@pytest.fixture
def saves(monkeypatch, double):
    """Each pause of the watcher runs the next of these, then ctrl+c."""
    steps = []

    def pause(_seconds):
        if not steps:
            raise KeyboardInterrupt
        steps.pop(0)()

    real = watch.changes
    monkeypatch.setattr(watch, "changes", lambda paths: real(paths, pause=pause))
    return steps


def test_watch_checks_each_save_and_ends_with_ctrl_c(tutor, grader, double, saves):
    saves += [lambda: double.write_text(WRONG), lambda: None, lambda: double.write_text(RIGHT)]
    result = tutor("watch", "double")
    assert result.code == 0
    assert [job.source.decode() for job in grader.jobs] == [WRONG, RIGHT]
    assert result.out.count("change seen in 01_first/double.py") == 2
    assert "double: failed" in result.out
    assert "double: passed" in result.out
    assert "No change seen yet" in result.err
    assert "last change seen" in result.err
    assert grader.warmed
    assert grader.closed


def test_watch_without_a_name_follows_whichever_is_saved(tutor, grader, double, saves):
    saves += [lambda: double.with_name("square_root.py").write_text(RIGHT), lambda: double.write_text(RIGHT)]
    tutor("watch")
    assert [job.exercise for job in grader.jobs] == ["square-root", "double"]


def test_watch_goes_on_after_a_file_that_cannot_be_graded(tutor, grader, double, saves):
    saves += [lambda: double.write_bytes(b"\xff"), lambda: double.write_text(RIGHT)]
    result = tutor("watch", "double")
    assert "is not UTF-8" in result.err
    assert len(grader.jobs) == 1


def test_watch_survives_deletion_and_re_creation(tutor, grader, double, saves):
    saves += [double.unlink, lambda: None, lambda: double.write_text(RIGHT)]
    assert tutor("watch", "double").code == 0
    assert len(grader.jobs) == 1


def test_watch_of_a_deleted_file_says_how_to_get_it_back(tutor, grader, double, saves):
    double.unlink()
    assert "tutor reset double" in tutor("watch", "double").err


def test_watch_for_programs_is_json_lines(tutor, grader, double, saves):
    pytest.importorskip("tutor.grading.record")
    saves += [lambda: double.write_text(WRONG)]
    events = [json.loads(line) for line in tutor("watch", "double", "--json").out.splitlines()]
    assert [event["event"] for event in events] == ["watching", "saved", "finding", "finding", "verdict"]
    assert events[-1]["outcome"] == "failed"


# start


@pytest.fixture
def terminal(monkeypatch):
    """A terminal of a size to choose, and the answers somebody types there."""
    monkeypatch.setenv("TERM", "xterm-256color")
    answers, size = [], [80, 24]
    monkeypatch.setattr(start, "_at_terminal", lambda: True)
    monkeypatch.setattr(start, "_line", lambda: answers.pop(0) if answers else "")
    monkeypatch.setattr(shutil, "get_terminal_size", lambda *_args, **_more: os.terminal_size(size))
    return answers, size


@pytest.fixture
def opened(monkeypatch):
    """What the app was opened with, instead of opening it."""
    calls = []

    def open_app(session, exercise):
        calls.append((session.workspace.root, exercise))
        return 0

    monkeypatch.setattr(start, "_open", open_app)
    return calls


def test_start_needs_a_terminal(tutor, work, opened):
    result = tutor("start")
    assert result.code == 2
    assert "tutor watch" in result.err
    assert opened == []


@pytest.mark.parametrize(("columns", "rows"), [(20, 5), (39, 24), (80, 11)])
def test_start_needs_room(tutor, work, opened, terminal, columns, rows):
    terminal[1][:] = [columns, rows]
    result = tutor("start")
    assert result.code == 2
    assert f"{columns}×{rows}" in result.err


def test_start_on_a_dumb_terminal(tutor, work, opened, terminal, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    result = tutor("start")
    assert result.code == 2
    assert "TERM=dumb" in result.err


def test_start_opens_the_workspace_around(tutor, work, opened, terminal):
    assert tutor("start").code == 0
    assert tutor("start", "quadr").code == 0
    assert opened == [(work, None), (work, "quadruple")]


def test_start_with_a_misspelt_exercise_opens_nothing(tutor, work, opened, terminal):
    assert tutor("start", "dubble").code == 2
    assert opened == []


def test_start_opens_a_lesson_by_its_name(tutor, work, opened, terminal):
    assert tutor("start", "l01-1").code == 0
    assert opened == [(work, "l01-1")]


def test_start_asks_where_on_first_use(tutor, course_root, tmp_path, opened, terminal, monkeypatch):
    monkeypatch.chdir(tmp_path)
    terminal[0][:] = [f"{course_root}/inside\n", f"{tmp_path}/mine\n"]
    result = tutor("--course", course_root, "start")
    assert result.code == 0
    assert "lies inside the course" in result.err, "it asks again"
    assert opened == [(tmp_path / "mine", None)]
    assert (tmp_path / "mine" / "01_first" / "double.py").exists()


def test_start_takes_enter_for_the_default(tutor, course_root, tmp_path, opened, terminal, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    terminal[0][:] = ["\n"]
    assert tutor("--course", course_root, "start").code == 0
    assert opened == [(tmp_path / "home" / "tutor", None)]


def test_start_with_ctrl_d_makes_nothing(tutor, course_root, tmp_path, opened, terminal, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert tutor("--course", course_root, "start").code == 130
    assert opened == []


def test_start_with_a_named_workspace_makes_it(tutor, course_root, tmp_path, opened, terminal):
    assert tutor("--course", course_root, "--workspace", tmp_path / "new", "start").code == 0
    assert opened == [(tmp_path / "new", None)]


# doctor


@pytest.fixture
def quick_torch(monkeypatch):
    """The probe of torch without the second that importing it takes."""
    done = subprocess.CompletedProcess([], 0, stdout='["9.9", ["cpu"], 2]\n', stderr="")
    answer = [done]
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_options: answer[0])
    return answer


def test_doctor_reports_what_is_here(tutor, work, quick_torch):
    result = tutor("doctor", "--json")
    report = json.loads(result.out)
    rows = {row["subject"]: row for row in report["rows"]}
    assert report["usable"] is True
    assert result.code == 0
    assert rows["torch"]["text"] == "9.9, 2 threads"
    assert rows["progress"]["text"].startswith("ok, 0 verdicts")
    assert {"python", "packages", "devices", "terminal", "editor", "processes", "limits", "data", "course"} <= set(rows)
    assert "ok    torch" in tutor("doctor").out


def test_doctor_without_torch(tutor, work, quick_torch):
    quick_torch[0] = subprocess.CompletedProcess([], 1, stdout="", stderr="Traceback\nNo module named 'torch'\n")
    result = tutor("doctor")
    assert result.code == 1
    assert "cannot be imported: No module named 'torch'" in result.out


def test_doctor_without_a_workspace_is_no_reason_to_fail(tutor, tmp_path, monkeypatch, quick_torch):
    monkeypatch.chdir(tmp_path)
    result = tutor("doctor")
    assert result.code == 0
    assert "`tutor init DIR` makes one" in result.out


def test_doctor_names_missing_files_and_a_damaged_database(tutor, double, work, quick_torch):
    with open_session() as session:
        session.progress.add_event("hint", "double", 1)
    double.unlink()
    (work / ".tutor" / "progress.db").write_bytes(b"broken" * 500)
    for leftover in (work / ".tutor").glob("progress.db-*"):
        leftover.unlink()
    out = tutor("doctor").out
    assert "no file for double" in out
    assert "was damaged. It is kept as" in out


def test_doctor_outlives_its_probes(tutor, work, quick_torch, monkeypatch):
    def broken():
        raise ValueError("odd machine")

    monkeypatch.setattr(doctor, "_terminal", broken)
    result = tutor("doctor")
    assert "could not be examined: ValueError: odd machine" in result.out
    assert "progress" in result.out


@pytest.mark.parametrize(
    ("variable", "text"), [("vim-of-nowhere", "not installed"), (f"{sys.executable} -x", "EDITOR")]
)
def test_doctor_looks_for_the_editor(monkeypatch, variable, text):
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", variable)
    (row,) = doctor._editor()
    assert text in row.text
