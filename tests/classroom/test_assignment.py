"""What an instructor may write in assignment.toml, and what is said about mistakes in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.classroom.assignment import read_assignment, whole_course
from tutor.model import CourseError


def written(tmp_path: Path, text: str) -> Path:
    (path := tmp_path / "hw.toml").write_text(text)
    return path


def test_a_whole_assignment(tmp_path, course):
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "test_softmax.py").write_text('def test_secret(mine):\n    """Secret."""\n')
    path = written(
        tmp_path,
        """
title = "Homework"
due = 2026-03-01T12:00:00
timezone = "Europe/Berlin"
release = "sentences"
attempts = 3
hidden = "hidden"
[late]
per_day = 0.2
[limits]
check_seconds = 2.5
memory = 1000000000
[exercises.cross-entropy]
points = 5
[exercises.softmax]
weights = { large_logits = 2, secret = 4 }
""",
    )
    found = read_assignment(path, course)
    assert [part.exercise for part in found.parts] == ["softmax", "cross-entropy"]  # in teaching order
    assert found.parts[0].weights == {"test_large_logits": 2.0, "test_secret": 4.0}
    assert found.parts[0].hidden == tmp_path / "hidden" / "test_softmax.py"
    assert found.due.isoformat() == "2026-03-01T12:00:00+01:00"
    assert (found.limits.check_seconds, found.limits.memory, found.points) == (2.5, 10**9, 15)


_NONE = ", ".join(f"{name} = 0" for name in ("values", "special_numbers", "edge_shapes", "layouts", "overflow"))


@pytest.mark.parametrize(("text", "words"), [
    ("exercises = ['softmx']", "did you mean `softmax`"), ("exercises = []", "is empty"),
    ("", "`exercises` is missing"),
    ("exercises = ['softmax']\ntitel = 'x'", "did you mean `title`"), ("exercises = 3", "list of texts"),
    ("exercises = ['softmax']\ndue = 'soon'", "hw.toml:2.*must be a date"),
    ("exercises = ['softmax']\ndue = 2026-03-01T12:00:00", "needs a time zone"),
    ("exercises = ['softmax']\ntimezone = 'Mars/Base'", "not known here"),
    ("exercises = ['softmax']\nrelease = 'ful'", "did you mean `full`"),
    ("exercises = ['softmax']\n[late]\nper_day = 10", "between 0 and 1"),
    ("exercises = ['softmax']\n[limits]\nmemori = 1", "did you mean `memory`"),
    ("[exercises.softmax]\npoints = -1", "number from 0"), ("[exercises.softmax]\npoints = nan", "number from 0"),
    ("[exercises.softmax]\nweights = {large_logit = 1}", "did you mean `test_large_logits`"),
    (f"[exercises.hello-grader]\nweights = {{{_NONE}}}", "are all 0: nothing could be earned"),
    ("exercises = ['softmax']\nhidden = 'nowhere'", "which is no folder"), ("exercises = [", "not valid TOML"),
])  # fmt: skip
def test_a_bad_assignment_is_a_sentence(tmp_path, course, text, words):
    with pytest.raises(CourseError, match=words):
        read_assignment(written(tmp_path, text), course)


def test_without_an_assignment_everything_handed_in_counts(course):
    found = whole_course(course, ["softmax", "one-hot"])
    assert [part.exercise for part in found.parts] == ["one-hot", "softmax"]


@pytest.mark.parametrize(("files", "words"), [
    ([], "holds no file like"), (["softmax.py"], "holds no file like"),
    (["test_softmaxx.py"], "fits no exercise.*softmax"),
])  # fmt: skip
def test_hidden_checks_that_nobody_would_run_are_a_sentence(tmp_path, course, files, words):
    (tmp_path / "hidden").mkdir()
    for name in files:
        (tmp_path / "hidden" / name).write_text("")
    with pytest.raises(CourseError, match=words):
        read_assignment(written(tmp_path, "exercises = ['softmax']\nhidden = 'hidden'"), course)


def test_a_weight_that_means_two_checks_is_a_sentence(tmp_path, course):
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "test_softmax.py").write_text("def test_large_logits(mine): ...\n")
    text = "hidden = 'hidden'\n[exercises.softmax]\nweights = {large_logits = 2}"
    with pytest.raises(CourseError, match="open and a hidden check"):
        read_assignment(written(tmp_path, text), course)
