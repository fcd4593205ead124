"""Rosters that instructors have, and whom a name means."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.classroom.model import Student, Submission
from tutor.classroom.people import by_student
from tutor.classroom.roster import Roster, read_roster
from tutor.model import TutorError


@pytest.mark.parametrize("text", [
    "name,email,id\nJane Doe,jane@x.org,42\n",
    "\ufeffStudent;ID;SIS Login ID\nPoints Possible;;\n\"Doe, Jane\";42;jdoe\n",
    "username,first_name,last_name,email,section,github_id\njdoe,Jane,Doe,jane@x.org,1,42\n",
    "Identifier\tFull name\tEmail address\nParticipant 42\tJane Doe\tjane@x.org\n",
])  # fmt: skip
def test_rosters_of_several_platforms(tmp_path, text):
    (path := tmp_path / "roster.csv").write_text(text)
    roster = read_roster(path)
    assert len(roster.students) == 1
    found = [roster.find([name]) for name in ("doejane", "Jane Doe", "janedoe", "Doe, Jane", "hw-1-jane-doe")]
    assert found == [roster.students[0]] * 5
    assert roster.find(["somebody"]) is None
    assert roster.find(["hw"]) is None


def test_a_name_that_fits_two_fits_none():
    roster = Roster.of([Student("a", "Jane Doe"), Student("b", "Jane Doe"), Student("c", "Änne Straße")])
    assert roster.find(["Jane Doe"]) is None
    assert roster.find(["b", "Jane Doe"]).key == "b"
    assert roster.find(["anne strasse"]).key == "c"


@pytest.mark.parametrize(("text", "words"), [
    ("", "no rows"), ("a,b\n1,2\n", "no column says who is who"), ("id,extension\n1,soon\n", "roster.csv:2"),
    ("id\n1\n1\n", "twice"),
])  # fmt: skip
def test_a_bad_roster_is_a_sentence(tmp_path, text, words):
    (path := tmp_path / "roster.csv").write_text(text)
    with pytest.raises(TutorError, match=words):
        read_roster(path)


def roster_of(tmp_path: Path, data: str | bytes) -> Roster:
    (path := tmp_path / "roster.csv").write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_roster(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_roster_in_any_encoding(tmp_path, encoding):
    text = '\r\nname;email\r\n\r\n;;\r\n"Änne\r\nStraße";anne@x.org\r\nBo;bo@x.org\r\n'
    roster = roster_of(tmp_path, text.encode(encoding))
    assert [student.key for student in roster.students] == ["anne@x.org", "bo@x.org"]
    assert roster.find(["anne strasse"]) == roster.students[0]


def test_a_roster_names_the_line_in_the_file(tmp_path):
    with pytest.raises(TutorError, match=r"roster.csv:5: '1' is there twice"):
        roster_of(tmp_path, 'id,name\n1,"a\nb"\n\n1,c\n')
    with pytest.raises(TutorError, match=r"is no CSV: field larger"):
        roster_of(tmp_path, "id,name\n1," + "x" * 200_000)


@pytest.mark.parametrize("days", ["inf", "nan", "1e9", "two"])
def test_an_extension_is_a_number_of_days(tmp_path, days):
    with pytest.raises(TutorError, match="no number of days"):
        roster_of(tmp_path, f"id,extension\n1,{days}\n")


def test_rows_of_canvas_that_are_nobody(tmp_path):
    text = 'Student,ID,SIS Login ID,Section\n    Points Possible,,,\n"Student, Test",9,abc,A\n"Doe, Jane",42,jd,A\n'
    assert [student.key for student in roster_of(tmp_path, text).students] == ["jd"]


def test_the_numbers_of_moodle(tmp_path):
    roster = roster_of(tmp_path, "Identifier,Full name\nParticipant 311,Jane Doe\nParticipant 312,Li Wei\n")
    assert roster.find(["311", "Participant"]).name == "Jane Doe"
    assert roster.find(["312", "Group A-Li Wei"]).name == "Li Wei"


def test_a_number_that_means_one_and_a_name_that_means_another_mean_nobody():
    jane, li = Student("311", "Jane Doe", number="311"), Student("5", "Li Wei", number="5")
    roster = Roster.of([jane, li])
    assert roster.find(["311", "Li Wei"]) is None
    assert roster.find(["311", "Somebody Else"]) == jane
    people = by_student([Submission(("311", "Li Wei"), "z")], roster)
    assert [(s.key, s.on_roster, len(found)) for s, found in people] == [
        ("311", True, 0),
        ("5", True, 0),
        ("z", False, 1),
    ]


def test_a_user_name_wins_against_part_of_an_address_and_the_end_of_a_name_comes_last():
    a, b = Student("jane", "Jane Roe", "roe@x.org", "jane"), Student("jd", "Jane Doe", "jane@y.org", "jd")
    li, jl = Student("li", "Li Wei", username="li"), Student("jane-li", "J. Li", username="jane-li")
    assert Roster.of([a, b]).find(["jane"]) == a
    assert Roster.of([li, jl]).find(["cs-hw1-jane-li"]) == jl
    assert Roster.of([li, jl]).find(["cs-hw1-jane-li", "jane-li"]) == jl


def test_a_name_of_which_only_the_end_fits_is_told():
    roster = Roster.of([Student("li", "Li Wei", username="li")])
    ((_, (guessed,)),) = by_student([Submission(("cs-hw1-li",), "cs-hw1-li")], roster)
    assert guessed.notes == ("cs-hw1-li was taken for li, since its name ends so.",)
    ((_, (sure,)),) = by_student([Submission(("cs-hw1-li", "li"), "cs-hw1-li")], roster)
    assert sure.notes == ()
