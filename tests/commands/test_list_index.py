"""`tutor list` from its index says what the slow way says, and steps aside as soon as anything changed."""

from __future__ import annotations

import json

import pytest

from tutor import standing
from tutor.commands import list as listing
from tutor.session import open_session

RIGHT, WRONG = b"def double(x):\n    return 2 * x  # right\n", b"def double(x):\n    return x\n"


@pytest.fixture
def slow_ways(monkeypatch):
    """Counts how often the whole course was read."""
    calls = []
    real = listing._thoroughly

    def counted(args):
        calls.append(args)
        return real(args)

    monkeypatch.setattr(listing, "_thoroughly", counted)
    return calls


def both(tutor, work):
    """The list by the index and by the slow way, which must agree."""
    quick = tutor("list", "--json").out
    (work / ".tutor" / "index.json").unlink()
    slow = tutor("list", "--json").out
    assert json.loads(quick) == json.loads(slow)
    return json.loads(quick)


def test_every_state_agrees(tutor, grader, double, work, slow_ways):
    states = ["new", "failed", "passed"]
    tutor("list")
    for content, state in zip((None, WRONG, RIGHT), states, strict=True):
        if content is not None:
            double.write_bytes(content)
            tutor("grade", "double")
        before = len(slow_ways)
        assert both(tutor, work)[0]["state"] == state
        assert len(slow_ways) == before + 1, "the first of both came from the index"
    double.with_name("quadruple.py").write_text("# begun")
    tutor("solution", "square-root", "--give-up", "--yes")
    assert [e["state"] for e in both(tutor, work)] == ["passed", "started", "given_up"]


def test_a_hint_shown_counts_as_begun(tutor, work, slow_ways):
    tutor("list")
    tutor("hint", "double")
    assert both(tutor, work)[0]["state"] == "started"


def test_a_deleted_file_is_not_begun(tutor, double, work, slow_ways):
    tutor("list")
    double.unlink()
    assert both(tutor, work)[0]["state"] == "new"


def test_progress_under_a_former_name_counts(tutor, grader, work, upgrade, slow_ways):
    (work / "01_first" / "square_root.py").write_bytes(RIGHT)
    tutor("grade", "square-root")
    upgrade()
    tutor("list")
    assert {e["id"]: e["state"] for e in both(tutor, work)}["root"] == "passed"


@pytest.mark.parametrize("change", ["task", "lesson", "manifest", "new file"])
def test_any_change_of_the_course_goes_the_slow_way(tutor, work, course_root, slow_ways, change):
    tutor("list")
    tutor("list")
    assert len(slow_ways) == 1
    task = course_root / "exercises" / "01_first" / "double.md"
    match change:
        case "task":
            task.write_text(task.read_text().replace('title = "The double"', 'title = "Twice as much"'))
        case "lesson":
            lesson = course_root / "lessons" / "01_first" / "01_doubling.md"
            lesson.write_text(lesson.read_text() + "\nMore.\n")
        case "manifest":
            manifest = work / ".tutor" / "workspace.toml"
            manifest.write_text(manifest.read_text() + "\n# edited\n")
        case "new file":
            (task.parent / "new.md").write_text("x")
    out = tutor("list").out
    assert len(slow_ways) == 2
    assert ("Twice as much" in out) == (change == "task")


def test_another_course_or_workspace_goes_the_slow_way(tutor, work, course_root, tmp_path, slow_ways):
    tutor("list")
    open_session(course_root, tmp_path / "other", create=True).close()
    tutor("list")
    assert len(slow_ways) == 2, "this workspace is not the last used one any more"
    tutor("list")
    tutor("list", "--course", course_root)
    assert len(slow_ways) == 2
    assert tutor("list", "--course", tmp_path).code == 2


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff"])
def test_a_damaged_index_goes_the_slow_way(tutor, work, slow_ways, content):
    before = tutor("list").out
    (work / ".tutor" / "index.json").write_bytes(content)
    assert tutor("list").out == before
    assert len(slow_ways) == 2


def test_a_damaged_database_goes_the_slow_way(tutor, work, slow_ways):
    tutor("hint", "double")
    tutor("list")
    (work / ".tutor" / "progress.db").write_bytes(b"broken" * 500)
    for leftover in (work / ".tutor").glob("progress.db-*"):
        leftover.unlink()
    assert "was damaged" in tutor("list").err


def test_a_workspace_that_cannot_be_written_to_has_no_index(tutor, work, monkeypatch, slow_ways):
    (work / ".tutor" / "index.json").mkdir()
    assert tutor("list").code == 0
    assert tutor("list").code == 0
    assert len(slow_ways) == 2


def test_the_rule_asks_for_edits_last():
    def never():
        raise AssertionError("asked")

    assert standing.standing(passed=True, given_up=True, graded=True, begun=never) == "passed"
    assert standing.standing(passed=False, given_up=True, graded=True, begun=never) == "given_up"
    assert standing.standing(passed=False, given_up=False, graded=True, begun=never) == "failed"
    assert standing.standing(passed=False, given_up=False, graded=False, begun=lambda: True) == "started"
    assert standing.standing(passed=False, given_up=False, graded=False, begun=lambda: False) == "new"
