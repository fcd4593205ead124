"""init, list, show, next, hint, solution, reset, history, progress: one learner's way through a tiny course."""

from __future__ import annotations

import json
import re
import sys

import pytest

from tutor.session import open_session

RIGHT, WRONG = b"def double(x):\n    return 2 * x  # right\n", b"def double(x):\n    return x\n"


@pytest.fixture
def passed(tutor, grader, double):
    """The learner failed `double` once and then passed it."""
    for content in (WRONG, RIGHT):
        double.write_bytes(content)
        tutor("grade", "double")
    return double


# init


def test_init_makes_a_workspace_and_prints_where(tutor, course_root, tmp_path):
    result = tutor("--course", course_root, "init", tmp_path / "new")
    assert result.code == 0
    assert result.out == f"{tmp_path / 'new'}\n"
    assert "3 exercises" in result.err
    assert (tmp_path / "new" / "01_first" / "square_root.py").exists()


def test_init_twice_keeps_everything(tutor, course_root, double, work):
    double.write_bytes(RIGHT)
    assert tutor("init", work, "--course", course_root).code == 0
    assert double.read_bytes() == RIGHT


def test_init_never_inside_the_course(tutor, course_root):
    result = tutor("--course", course_root, "init", course_root / "work")
    assert result.code == 2
    assert "lies inside the course" in result.err


def test_init_where_nothing_can_be_written(tutor, course_root, tmp_path):
    (tmp_path / "file").write_text("x")
    result = tutor("--course", course_root, "init", tmp_path / "file" / "work")
    assert result.code == 2
    assert "Could not make the folder" in result.err


def test_init_of_a_workspace_of_another_course(tutor, course_root, work):
    manifest = course_root / "lessons" / "course.toml"
    manifest.write_text(manifest.read_text().replace('"tiny"', '"other"'))
    result = tutor("--course", course_root, "init", work)
    assert result.code == 2
    assert "belongs to the course `tiny`, not to `other`" in result.err


# no workspace, broken course


@pytest.mark.parametrize(
    "argv",
    [["grade", "double"], ["next"], ["hint"], ["progress"], ["watch"], ["history", "double"], ["reset", "double"]],
)
def test_without_a_workspace_a_command_says_how_to_make_one(tutor, course_root, tmp_path, monkeypatch, argv):
    monkeypatch.chdir(tmp_path)
    result = tutor("--course", course_root, *argv)
    assert result.code == 2
    assert "tutor start" in result.err
    assert "tutor init DIR" in result.err


def test_without_a_workspace_one_can_still_read(tutor, course_root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "square-root" in tutor("--course", course_root, "list").out
    assert "gives" in tutor("--course", course_root, "show", "double").out


def test_a_broken_course_names_the_file(tutor, course_root, work):
    (course_root / "lessons" / "01_first" / "chapter.toml").write_text('id = "c01"\ntitel = "First"\n')
    result = tutor("list")
    assert result.code == 2
    assert "chapter.toml" in result.err


def test_a_course_that_is_gone_is_named(tutor, course_root, work, tmp_path):
    course_root.rename(tmp_path / "moved")
    result = tutor("list")
    assert result.code == 2
    assert str(course_root) in result.err
    assert tutor("--course", tmp_path / "moved", "list").code == 0
    assert tutor("list").code == 0, "the new place is remembered"


# list


def test_list_shows_states_in_words(tutor, passed):
    out = tutor("list").out
    assert re.search(r"✓ double .* passed", out)
    assert re.search(r"· quadruple +5 min  The quadruple$", out, re.MULTILINE)
    assert "1 of 3 passed" in out


def test_list_for_programs(tutor, passed):
    states = {e["id"]: e["state"] for e in json.loads(tutor("list", "--json").out)}
    assert states == {"double": "passed", "quadruple": "new", "square-root": "new"}
    passed.with_name("square_root.py").write_text("# begun\n")
    assert json.loads(tutor("list", "--json").out)[2]["state"] == "started"


def test_list_of_one_chapter(tutor, work):
    assert tutor("list", "c01").out == tutor("list", "1").out == tutor("list").out
    assert tutor("list", "c09").code == 2


# show


def test_show_an_exercise(tutor, work):
    result = tutor("show", "doub")
    assert "The double" in result.out
    assert "Hint" not in result.out
    assert "01_first/double.py" in result.err
    record = json.loads(tutor("show", "double", "--json").out)
    assert (record["id"], record["hints"], record["needs"]) == ("double", 2, [])


def test_show_a_lesson_page_by_page(tutor, work):
    first = tutor("show", "l01-1", "--page", "1")
    assert "multiply by two" in first.out
    assert "The second page." not in first.out
    assert "--page 2" in first.err
    with open_session() as session:
        assert session.lesson_page("l01-1") == 0
    tutor("show", "doubling")
    with open_session() as session:
        assert session.lesson_page("l01-1") == 1
    assert len(json.loads(tutor("show", "l01-1", "--json").out)["pages"]) == 2


def test_show_what_is_not_there(tutor, work):
    assert "did you mean `double`?" in tutor("show", "duble").err
    assert "pages 1 to 2, not 3" in tutor("show", "l01-1", "--page", "3").err
    assert "only lessons have pages" in tutor("show", "double", "--page", "1").err


# next


def test_next_follows_the_course_and_does_not_advance_by_itself(tutor, grader, work):
    assert "tutor grade double" in tutor("next").out
    assert tutor("next").out == tutor("next").out
    assert "quadruple" in tutor("next", "double").out


def test_next_after_a_pass_and_in_the_end(tutor, passed, work):
    assert json.loads(tutor("next", "--json").out)["exercise"] == "quadruple"
    for name in ("quadruple", "square_root"):
        (work / "01_first" / f"{name}.py").write_bytes(RIGHT)
    tutor("grade", "quadruple", "square-root")
    assert "passed every exercise" in tutor("next").out
    assert json.loads(tutor("next", "--json").out)["exercise"] is None


def test_next_tells_what_to_read_first(tutor, work):
    assert "tutor show l01-1" in tutor("next").out
    tutor("show", "l01-1")
    assert "tutor show l01-1" not in tutor("next").out


# hint and solution


def test_hints_come_one_at_a_time(tutor, work):
    first, second, third = (tutor("hint", "double") for _ in range(3))
    assert "Think of double." in first.out
    assert "Multiply by two." not in first.out
    assert "1 more" in first.err
    assert "Multiply by two." in second.out
    assert "--give-up" in second.err
    assert "hint 1 of 2" in third.out, "all of them again"


def test_again_reveals_nothing(tutor, work):
    assert tutor("hint", "double", "--again").out == ""
    tutor("hint", "double")
    assert json.loads(tutor("hint", "double", "--again", "--json").out)["hints"] == [
        {"number": 1, "text": "Think of double."}
    ]


def test_all_hints(tutor, work):
    assert "hint 2 of 2" in tutor("hint", "double", "--all").out
    assert json.loads(tutor("list", "--json").out)[0]["state"] == "started"


def test_hint_without_a_name_is_for_what_is_next(tutor, work):
    assert "Think of double." in tutor("hint").out


def test_the_solution_is_sealed_until_the_pass(tutor, grader, double):
    sealed = tutor("solution", "double")
    assert sealed.code == 2
    assert sealed.out == ""
    assert "sealed until you pass" in sealed.err
    double.write_bytes(RIGHT)
    tutor("grade", "double")
    assert tutor("solution", "double").out == "def double(x):\n    return 2 * x\n"


def test_giving_up_needs_a_yes(tutor, work, monkeypatch):
    result = tutor("solution", "double", "--give-up")
    assert result.code == 2
    assert "--yes" in result.err
    assert tutor("solution", "double").code == 2

    class Terminal:
        def __init__(self, answer):
            self.answer = answer

        def isatty(self):
            return True

        def readline(self):
            return self.answer

    monkeypatch.setattr(sys, "stdin", Terminal("\n"))
    assert tutor("solution", "double", "--give-up").code == 1
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert "return 2 * x" in tutor("solution", "double", "--give-up").out
    assert json.loads(tutor("list", "--json").out)[0]["state"] == "given_up"
    assert "return 2 * x" in tutor("solution", "double").out


def test_a_pass_after_giving_up_counts(tutor, grader, double):
    tutor("solution", "double", "--give-up", "--yes")
    double.write_bytes(RIGHT)
    tutor("grade", "double")
    assert json.loads(tutor("list", "--json").out)[0]["state"] == "passed"


def test_the_solution_beside_one_s_own(tutor, passed):
    out = tutor("solution", "double", "--diff").out
    assert "-    return 2 * x  # right" in out
    assert "+    return 2 * x" in out


# reset and history


def test_reset_keeps_the_file_and_the_progress(tutor, passed):
    result = tutor("reset", "double")
    assert result.code == 0
    assert b"TODO" in passed.read_bytes()
    (backup,) = (passed.parents[1] / ".tutor" / "backups" / "double").glob("*.py")
    assert str(backup.name) in result.out
    assert backup.read_bytes() == RIGHT
    assert json.loads(tutor("list", "--json").out)[0]["state"] == "passed"


def test_reset_of_several_names_all_or_none(tutor, work, double):
    double.write_bytes(RIGHT)
    assert tutor("reset", "double", "nonsense").code == 2
    assert double.read_bytes() == RIGHT


def test_history_lists_prints_compares_and_restores(tutor, passed):
    versions = json.loads(tutor("history", "double", "--json").out)
    assert [(v["outcome"], v["current"]) for v in versions] == [("failed", False), ("passed", True)]
    listed = tutor("history", "double").out.splitlines()
    assert listed[0].startswith(versions[0]["id"])
    assert "your file now" in listed[1]
    first = versions[0]["id"]
    assert tutor("history", "double", "--print", first).out.encode() == WRONG
    assert "+    return 2 * x  # right" in tutor("history", "double", "--diff", first).out
    assert tutor("history", "double", "--diff").out == ""
    result = tutor("history", "double", "--restore", first)
    assert passed.read_bytes() == WRONG
    assert "your former file is" in result.out


def test_history_of_unknown_versions(tutor, passed):
    assert "no version 'zz' of double" in tutor("history", "double", "--restore", "zz").err
    assert "no version ''" in tutor("history", "double", "--restore", "").err
    assert tutor("history", "square-root").code == 0


# progress


def test_progress_in_numbers(tutor, passed):
    out = tutor("progress").out
    assert "1 of 3 exercises passed" in out
    assert "10 of 30 points, 2 verdicts" in out
    assert "1 day in a row" in out
    stats = json.loads(tutor("progress", "--json").out)
    assert (stats["passed"], stats["attempts"], stats["streak"]) == (1, 2, 1)
    assert stats["upcoming"][0]["exercise"] == "double"


def test_progress_moves_to_another_machine(tutor, passed, tmp_path, course_root):
    file = tmp_path / "progress.json"
    assert "records in" in tutor("progress", "--export", file).out
    there = tmp_path / "there"
    tutor("--course", course_root, "init", there)
    assert "2 new records" in tutor("--workspace", there, "progress", "--import", file).out
    assert "Nothing new" in tutor("--workspace", there, "progress", "--import", file).out
    states = json.loads(tutor("--workspace", there, "list", "--json").out)
    assert states[0]["state"] == "passed"
    assert tutor("progress", "--import", tmp_path / "gone.json").code == 2


def test_a_damaged_database_is_told_once_and_work_goes_on(tutor, passed, work):
    (work / ".tutor" / "progress.db").write_bytes(b"broken" * 500)
    for leftover in (work / ".tutor").glob("progress.db-*"):
        leftover.unlink()
    result = tutor("next")
    assert result.code == 0
    assert "was damaged. It is kept as" in result.err
    assert "damaged" not in tutor("next").err
    assert passed.read_bytes() == RIGHT


def test_an_upgrade_is_told_and_touches_nothing(tutor, passed, upgrade):
    upgrade()
    result = tutor("list")
    assert "new exercises; added to your workspace: relu" in result.err
    assert passed.read_bytes() == RIGHT
    assert "new exercises" not in tutor("list").err
