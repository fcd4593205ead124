"""Export and import: merging, idempotent, and strict about what it takes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tutor.model import TutorError
from tutor.progress.exchange import export, merge
from tutor.progress.store import Attempt, Progress


def attempt(exercise="softmax", **changes):
    return replace(Attempt(exercise, "passed", "ab" * 32, 0.5, 7, "cpu", "1.0", 5, 5), **changes)


@pytest.fixture
def here(tmp_path):
    progress = Progress(tmp_path / "here.db")
    progress.add_attempt(attempt(at=10.0))
    progress.add_event("hint", "softmax", 1, at=9.0)
    return progress


def test_import_merges_and_twice_is_once(here, tmp_path):
    there = Progress(tmp_path / "there.db")
    there.add_attempt(attempt("relu", at=20.0))
    file = tmp_path / "progress.json"
    assert export(here, file) == 2
    assert merge(there, file) == 2
    assert merge(there, file) == 0
    assert sorted(a.exercise for a in there.attempts()) == ["relu", "softmax"]
    assert there.furthest("hint") == {"softmax": 1}


def test_there_and_back_adds_only_what_is_new(here, tmp_path):
    there = Progress(tmp_path / "there.db")
    file = tmp_path / "progress.json"
    export(here, file)
    merge(there, file)
    there.add_attempt(attempt("relu"))
    export(there, file)
    assert merge(here, file) == 1
    assert here.rows("attempts")[0] == there.rows("attempts")[0]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda d: [], "no progress export"),
        (lambda d: d | {"program": "other"}, "no progress export"),
        (lambda d: d | {"format": 9}, "another version"),
        (lambda d: d | {"attempts": "many"}, "`attempts` is missing"),
        (lambda d: d | {"attempts": [{"uid": "1"}]}, "row 1 of `attempts` has not the keys"),
        (lambda d: d | {"events": [d["events"][0] | {"number": "one"}]}, "`number` is 'one'"),
        (lambda d: d | {"events": [d["events"][0] | {"at": 1e400}]}, "`at` is inf"),
        (lambda d: d | {"events": [d["events"][0] | {"number": True}]}, "`number` is True"),
        (lambda d: d | {"events": [d["events"][0] | {"number": 2**70}]}, "`number` is"),
        (lambda d: d | {"events": [d["events"][0] | {"subject": None}]}, "`subject` is None"),
    ],
)
def test_what_is_no_export_is_refused_and_nothing_is_added(here, tmp_path, change, complaint):
    file = tmp_path / "progress.json"
    export(here, file)
    file.write_text(json.dumps(change(json.loads(file.read_text()))))
    there = Progress(tmp_path / "there.db")
    with pytest.raises(TutorError) as failure:
        merge(there, file)
    assert complaint in str(failure.value)
    assert there.attempts() == []
    assert there.events() == []


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe"])
def test_what_is_no_json_is_refused(here, tmp_path, content):
    file = tmp_path / "progress.json"
    file.write_bytes(content)
    with pytest.raises(TutorError, match="is no progress export"):
        merge(here, file)


def test_a_missing_file_is_named(here, tmp_path):
    with pytest.raises(TutorError, match=r"Could not read .*gone\.json: it does not exist"):
        merge(here, tmp_path / "gone.json")
