"""What platforms and students really hand in."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from class_makers import CODE, zipped

from tutor.classroom.intake import files, gradescope
from tutor.classroom.intake.collect import collect
from tutor.classroom.model import Assignment, Student, Submission
from tutor.classroom.people import by_student
from tutor.classroom.roster import Roster
from tutor.model import TutorError


def test_canvas_names_of_groups_of_nobody_and_of_many_files(folder, exercises):
    whole = CODE + "def logsumexp(z, axis, keepdims): ...\ndef log_softmax(z, axis): ...\n"
    root = folder({
        "team_a_4242_99001_softmax.py": CODE, "team_a_4242_99002_cross_entropy-2.py": "x = 1\n",
        "anon_Ab3dE_99003_softmax.py": CODE, "LATE_anon_Zz9_99004_softmax.py": CODE,
        "roe_LATE_5_99005_softmax-lab-2.py": whole, "poe_6_text.html": "<p>done</p>",
        "coe_8_99006_notes.pdf": "%PDF", "coe_8_99007_softmax.py": CODE,
    })  # fmt: skip
    found = {s.who: s for s in collect(root, exercises)}
    assert set(found) == {
        ("4242", "team_a"), ("anon_Ab3dE",), ("anon_Zz9",), ("5", "roe"), ("6", "poe"), ("8", "coe"),
    }  # fmt: skip
    assert set(found["4242", "team_a"].sources) == {"softmax", "cross-entropy"}
    assert found["4242", "team_a"].attempt == 3
    assert (found["5", "roe"].attempt, found["5", "roe"].marked_late) == (1, True)  # a name of the student's own
    assert list(found["5", "roe"].sources) == ["softmax"]
    assert found["anon_Zz9",].marked_late
    assert "no Python file" in found["6", "poe"].problem
    assert found["8", "coe"].notes == ()


def test_moodle_text_beside_a_file_and_alone(folder, exercises):
    root = folder({
        "A-Jane Doe_311_assignsubmission_file_/softmax.py": CODE,
        "A-Jane Doe_311_assignsubmission_onlinetext_/onlinetext.html": "<p>",
        "Li_312_assignsubmission_onlinetext_/onlinetext.html": "<p>",
        "Max_313_assignsubmission_onlinetext_onlinetext.html": "<p>",
    })  # fmt: skip
    jane, li, maximilian = collect(root, exercises)
    assert (jane.problem, jane.notes, list(jane.sources)) == ("", (), ["softmax"])
    assert (li.who, maximilian.who) == (("312", "Li"), ("313", "Max"))
    assert "no Python file" in li.problem
    assert "no Python file" in maximilian.problem


def test_platform_zips_keep_who_handed_in_nothing_of_use(folder, exercises):
    inside = {"doe_1_2_softmax.py": CODE, "poe_6_text.html": "x", "readme.txt": "x", "anna/notes.pdf": "x"}
    wrapped = {f"hw/{name}": data for name, data in inside.items()}
    root = folder({"class.zip": zipped(inside), "hw.zip": zipped(wrapped)})
    for name in ("class.zip", "hw.zip"):
        found = {s.who[0]: bool(s.problem) for s in collect(root / name, exercises)}
        assert found == {"1": False, "6": True, "anna": True}


def test_hyphens_in_first_names_are_no_classroom(folder, exercises):
    root = folder({"anna-lee/softmax.py": CODE, "anna-roe/softmax.py": CODE})
    assert [s.who for s in collect(root, exercises)] == [("anna-lee",), ("anna-roe",)]


def test_the_longest_exercise_names_a_single_file(course, folder):
    chosen = frozenset({"cross_entropy", "binary_cross_entropy"})
    from tutor.classroom.intake.layout import split

    files_ = [files.File(files.PurePosixPath("jane_binary_cross_entropy.py"), b"")]
    assert [(b.who, str(b.files[0].path)) for b in split(files_, chosen)] == [(("jane",), "binary_cross_entropy.py")]


def test_data_sets_and_large_files_beside_the_code_cost_nothing(folder, exercises):
    root = folder({
        "jane/softmax.py": CODE, "jane/data/train-images.gz": b"x", "jane/more.zip": b"PK\x03\x04junk",
        "jane/weights.py": b"#" * (5 << 20), "li/train.gz": "x",
    })  # fmt: skip
    jane, li = collect(root, exercises)
    assert (list(jane.sources), jane.problem) == (["softmax"], "")
    assert any("more.zip is damaged" in note for note in jane.notes)
    assert any("more than 4 MB" in note for note in jane.notes)
    assert not any("train-images" in note for note in jane.notes)
    assert "ask for zip" in li.problem


def test_one_large_file_in_the_zip_of_a_class_is_one_students_affair(folder, exercises):
    root = folder({"class.zip": zipped({"a/softmax.py": bytes(5 << 20), "b/softmax.py": CODE})})
    first, second = collect(root / "class.zip", exercises)
    assert "more than 4 MB" in first.problem
    assert second.sources


def test_our_own_reports_in_the_class_folder_are_nobodys_submission(folder, exercises):
    root = folder({
        "jane/softmax.py": CODE, "grades/verdicts.jsonl": "", "grades/students/jane.html": "x",
        "similarity/similarity.html": "x", "eve/verdicts.jsonl": "", "eve/softmax.py": CODE,
    })  # fmt: skip
    assert [s.origin for s in collect(root, exercises)] == ["eve", "jane"]
    root = folder({"verdicts.jsonl": "", "students/jane.html": "x", "grading.json": "{}", "gradescope/jane.json": "{}"})
    assert [s.origin for s in collect(root, exercises)] == ["eve", "jane"]


def test_a_homework_file_that_lacks_a_function_is_graded_for_the_others(folder, exercises):
    root = folder({"jane/hw.py": CODE + "def log_softmax(z): ...\n", "li/hw.py": CODE, "max/hw.py": "def f(): ..."})
    assert [list(s.sources) for s in collect(root, exercises)] == [["softmax"], [], []]


def test_a_download_of_classroom_50_with_clones_and_results(folder, exercises):
    root = folder({
        "dl-hw1-jane-doe/.git/HEAD": "ref: refs/heads/main",
        "dl-hw1-jane-doe/03_linear_classification/softmax.py": CODE,
        "dl-hw1-jane-doe/result.json": "{}", "dl-hw1-jane-doe/.github/workflows/x.py": "x",
        "dl-hw1-li/.git/HEAD": "x", "dl-hw1-li/README.md": "x", "scores.csv": "x", "scores.json": "{}",
    })  # fmt: skip
    roster = Roster.of([Student("jane-doe", "Jane Doe", username="jane-doe"), Student("li", "Li", username="li")])
    (jane, (first,)), (li, (second,)) = by_student(collect(root, exercises), roster)
    assert (jane.key, list(first.sources), first.commit) == ("jane-doe", ["softmax"], "")
    assert (li.key, list(second.sources)) == ("li", [])
    assert "no Python file" in second.problem


def test_a_zip_of_a_whole_workspace(folder, exercises):
    inside = {
        "dl/03_linear_classification/softmax.py": CODE, "dl/03_linear_classification/cross_entropy.py": "x = 1\n",
        "dl/.tutor/backups/softmax.py": "old = 1\n", "dl/notes.md": "x", "__MACOSX/dl/._softmax.py": "x",
        "dl/tutor.toml": "", "dl/data/mnist.npz": b"x",
    }  # fmt: skip
    (jane,) = collect(folder({"jane.zip": zipped(inside)}), exercises)
    assert (set(jane.sources), jane.notes, jane.problem) == ({"softmax", "cross-entropy"}, (), "")
    assert jane.sources["softmax"] == CODE.encode()


METADATA = {
    "id": 123456,
    "created_at": "2026-11-03T14:22:32.365935-07:00",
    "assignment": {"due_date": "2026-11-01T23:00:00.000000-07:00", "title": "HW 1", "total_points": "20.0"},
    "submission_method": "upload",
    "users": [
        {"email": "jane@example.edu", "id": 1, "name": "Jane Doe", "sid": "4711",
         "assignment": {"due_date": "2026-11-03T23:00:00.000000-07:00", "late_due_date": None}},
        {"email": "bob@example.edu", "id": 2, "name": "Bob", "sid": "4712"},
    ],
    "previous_submissions": [{"submission_time": "2026-11-01T14:24:48.087023-07:00", "score": 0.0, "results": {}}],
}  # fmt: skip


def test_gradescope_tells_author_time_attempt_and_extension(tmp_path):
    path = tmp_path / "submission_metadata.json"
    path.write_text(json.dumps(METADATA))
    due = datetime(2026, 11, 2, 12, tzinfo=UTC)
    found, assignment = gradescope.apply(
        gradescope.read_metadata(path), Submission(("submission",), "submission"), Assignment("hw", "HW", (), due=due)
    )
    assert found.who == ("4711", "jane@example.edu", "Jane Doe")
    assert (found.attempt, found.at) == (2, datetime.fromisoformat(METADATA["created_at"]))
    assert assignment.due == due + timedelta(days=2)
    assert "Bob" in found.notes[0]
    lateness = gradescope.apply(gradescope.read_metadata(path), found, Assignment("hw", "HW", ()))[1].due
    assert lateness is None


@pytest.mark.parametrize(
    "text", ["", "[]", '{"created_at": "yesterday"}', '{"created_at": "2026-11-03"}', '{"users": [1]}']
)
def test_a_damaged_metadata_file_is_an_error_with_its_name(tmp_path, text):
    path = tmp_path / "submission_metadata.json"
    path.write_text(text)
    with pytest.raises(TutorError, match=r"submission_metadata\.json is no"):
        gradescope.read_metadata(path)
    with pytest.raises(TutorError, match="cannot be read"):
        gradescope.read_metadata(tmp_path / "none.json")
