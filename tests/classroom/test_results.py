"""From submissions to points: matching, attempts, lateness, what is graded again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tutor.classroom.assignment import read_assignment, whole_course
from tutor.classroom.compare import compare
from tutor.classroom.merge import merge
from tutor.classroom.model import Late, Part, Student, Submission
from tutor.classroom.people import by_student, shard_of
from tutor.classroom.record import grading_from_json, grading_to_json, read_grading
from tutor.classroom.roster import Roster, read_roster
from tutor.classroom.statistics import exercise_statistics
from tutor.classroom.store import FILE, Store
from tutor.model import CourseError, TutorError

DUE = datetime(2026, 3, 1, 12, tzinfo=UTC)


def handed_in(who="jane", softmax="passed passed", entropy="passed", **more) -> Submission:
    texts = {"softmax": softmax, "cross-entropy": entropy}
    sources = {name: f"#{text}".encode() for name, text in texts.items() if text is not None}
    paths = {name: f"{name}.py" for name in sources}
    return Submission((who,), more.pop("origin", who), sources, paths, **more)


# --- points --------------------------------------------------------------------------------------------------------


def test_points_are_the_weight_of_what_passed(run, assignment):
    (result,) = run([handed_in(softmax="passed failed timeout passed", entropy="passed")]).results
    assert [part.points for part in result.parts] == [5.0, 20.0]
    weighted = replace(assignment, parts=(Part("softmax", 10.0, {"test_1": 3.0, "test_2": 0.0}),))
    (result,) = run([handed_in(softmax="passed failed timeout")], assignment=weighted).results
    assert result.points == 2.5


def test_all_or_nothing(run, assignment):
    strict = replace(assignment, partial=False)
    (result,) = run([handed_in(softmax="passed failed", entropy="passed")], assignment=strict).results
    assert [part.points for part in result.parts] == [0.0, 20.0]


@pytest.mark.parametrize("outcome", ["failed", "error", "timeout", "not_run"])
def test_only_a_pass_is_a_pass(run, outcome):
    (result,) = run([handed_in(softmax=outcome, entropy=None)]).results
    assert result.points == 0
    assert result.parts[1].note == "nothing was handed in for it"


def test_no_finding_is_no_pass(run):
    assert run([handed_in(softmax="", entropy=None)]).results[0].points == 0


# --- lateness and attempts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hours", "days", "points", "state"), [
    (-1, 0, 30, "graded"), (0.2, 0, 30, "graded"), (1, 1, 27, "late"), (24, 1, 27, "late"), (25, 2, 24, "late"),
    (24 * 6, 6, 15, "late"), (24 * 8, 8, 0, "too_late"),
])  # fmt: skip
def test_what_lateness_costs(run, assignment, hours, days, points, state):
    policy = Late(grace_minutes=15, per_day=0.1, most=0.5, days=7)
    late = replace(assignment, due=DUE, late=policy)
    (result,) = run([handed_in(at=DUE + timedelta(hours=hours))], assignment=late).results
    assert (result.late_days, result.state, result.earned) == (days, state, 30)
    assert result.points == (points if state != "too_late" else 15.0 if policy.days is None else 0.0)


def test_an_extension_and_a_platforms_mark(run, assignment):
    late = replace(assignment, due=DUE, late=Late(per_day=0.1))
    roster = Roster.of([Student("jane", "Jane", extension_days=2)])
    (result,) = run([handed_in(at=DUE + timedelta(days=2))], roster, late).results
    assert result.state == "graded"
    (result,) = run([handed_in(marked_late=True)], assignment=late).results
    assert (result.state, result.points) == ("late", 27)


def test_the_last_or_the_best_attempt_counts(run, assignment):
    tries = [handed_in(softmax=s, origin=str(n), attempt=n) for n, s in ((1, "passed"), (2, "failed"), (3, "failed"))]
    assert run(tries).results[0].origin == "3"
    assert run(tries, assignment=replace(assignment, count="best")).results[0].origin == "1"
    (result,) = run(tries, assignment=replace(assignment, attempts=2)).results
    assert (result.origin, result.state) == ("2", "graded")
    assert "after the last one allowed" in result.notes[0]
    (result,) = run(tries[2:], assignment=replace(assignment, attempts=2)).results
    assert (result.state, result.points) == ("too_many_attempts", 0)


def test_states(run):
    roster = Roster.of([Student("jane", "Jane Doe"), Student("li", "Li Wei"), Student("max", "Max")])
    submissions = [
        handed_in("jane", origin="jane.zip"), handed_in("Jane Doe", origin="jane"), handed_in("zoe"),
        Submission(("max",), "max.zip", problem="it is damaged."),
    ]  # fmt: skip
    found = {result.student.key: result for result in run(submissions, roster).results}
    assert {key: r.state for key, r in found.items()} == {
        "jane": "duplicate", "li": "missing", "max": "unreadable", "zoe": "graded",
    }  # fmt: skip
    assert not found["zoe"].student.on_roster
    assert "counts, not" in found["jane"].notes[0]
    assert found["max"].notes == ("it is damaged.",)


# --- the roster ----------------------------------------------------------------------------------------------------


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


# --- what is graded again ------------------------------------------------------------------------------------------


def test_a_second_run_grades_only_what_changed(run, graded, assignment):
    first = [handed_in("jane"), handed_in("li", softmax="failed"), handed_in("max", softmax="failed")]
    before = run(first)
    assert sorted(graded) == ["cross-entropy"] * 2 + ["softmax"] * 2  # the same files are graded once
    graded.clear()
    assert run(first).results == before.results
    assert graded == []
    changed = run([handed_in("jane"), handed_in("li", softmax="passed"), *first[2:]])
    assert graded == ["softmax", "cross-entropy"]  # which builds on it
    assert [(c.student, c.before, c.after) for c in compare(before, changed)] == [("li", 20, 30)]
    graded.clear()
    run(first, assignment=replace(assignment, seed=1))
    assert len(graded) == 4


def test_again_on_demand(run, graded):
    submissions = [handed_in("jane"), handed_in("li", softmax="failed")]
    run(submissions)
    graded.clear()
    run(submissions, again=lambda student, exercise, verdict: not verdict.passed)
    assert graded == ["softmax"]
    graded.clear()
    run(submissions, again=lambda student, *_: student.key == "jane")
    assert sorted(graded) == ["cross-entropy", "softmax"]


def test_a_run_cut_off_anywhere_goes_on(run, graded, tmp_path):
    submissions = [handed_in(str(n), softmax="passed " * n) for n in range(1, 6)]
    whole = run(submissions).results
    path = tmp_path / "out" / FILE
    data = path.read_bytes()
    for cut in (0, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:cut])
        assert run(submissions).results == whole
        for line in path.read_bytes().splitlines()[-1:]:
            json.loads(line)


def test_a_verdict_that_broke_off_is_not_kept(run, graded, monkeypatch, tmp_path):
    from class_makers import verdict

    from tutor.classroom import task
    from tutor.grading.record import verdict_to_json

    broken = verdict_to_json(replace(verdict("softmax", "#error"), counted=False))
    monkeypatch.setattr(task, "grade", lambda w: {"verdicts": [{"key": w["steps"][0]["key"], "verdict": broken}]})
    (result,) = run([handed_in(entropy=None)]).results
    assert result.parts[0].verdict.outcome == "failed"
    assert Store(tmp_path / "out")._known == {}


# --- shards, records, statistics -----------------------------------------------------------------------------------


def test_shards_put_together_are_the_whole(run, course, tmp_path):
    submissions = [handed_in(f"s{n:02}", softmax="passed failed") for n in range(11)]
    whole = run(submissions)
    parts = []
    for number in (1, 2, 3):
        part = shard_of(by_student(submissions, None), number, 3)
        chosen = [s for _, found in part for s in found]
        parts.append(run(chosen, out=tmp_path / str(number), shard=f"{number}/3"))
    assert merge(parts[::-1]).results == whole.results
    with pytest.raises(TutorError, match="Shard 2/3 is missing"):
        merge([parts[0], parts[2]])
    with pytest.raises(TutorError, match="twice"):
        merge([*parts, parts[0]])
    with pytest.raises(TutorError, match="not of one assignment"):
        merge([parts[0], replace(parts[1], course_version="other")])


def test_a_grading_survives_json(run, assignment, tmp_path):
    full = replace(assignment, due=DUE, parts=(Part("softmax", 1.5, {"test_1": 2.0}), Part("cross-entropy", 2)))
    grading = run([handed_in(at=DUE, softmax="passed failed"), handed_in("li", softmax=None)], assignment=full)
    assert grading_from_json(json.loads(json.dumps(grading_to_json(grading)))) == grading
    path = tmp_path / "grading.json"
    for text, words in (("{", "damaged"), ("{}", "no grading"), ('{"format": "tutor/grading/v1"}', "damaged")):
        path.write_text(text)
        with pytest.raises(TutorError, match=words):
            read_grading(tmp_path)


def test_a_grading_fits_the_published_schema(run):
    jsonschema = pytest.importorskip("jsonschema")
    from tutor.classroom.record import SCHEMA

    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    data = grading_to_json(run([handed_in(softmax="passed failed error"), Submission(("x",), "x.zip", problem="bad.")]))
    jsonschema.validate(json.loads(json.dumps(data)), schema)
    data["results"][0]["state"] = "lost"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(json.dumps(data)), schema)


def test_what_the_class_found_hard(run):
    grading = run([handed_in(str(n), softmax="passed failed error", entropy=None) for n in range(3)])
    softmax, entropy = exercise_statistics(grading)
    assert (softmax.handed_in, softmax.passed, entropy.handed_in) == (3, 0, 0)
    assert [check.failed for check in softmax.checks] == [0, 3, 3]
    assert softmax.checks[1].diagnoses == (("You swapped them.", 3),)
    assert softmax.checks[2].messages == (("wrong 2", 3),)


# --- assignment.toml -----------------------------------------------------------------------------------------------


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
    ("exercises = ['softmax']\nhidden = 'nowhere'", "which is no folder"), ("exercises = [", "not valid TOML"),
])  # fmt: skip
def test_a_bad_assignment_is_a_sentence(tmp_path, course, text, words):
    with pytest.raises(CourseError, match=words):
        read_assignment(written(tmp_path, text), course)


def test_without_an_assignment_everything_handed_in_counts(course):
    found = whole_course(course, ["softmax", "one-hot"])
    assert [part.exercise for part in found.parts] == ["one-hot", "softmax"]


OWN = """
def helper_{n}(a, b):
    total = a * {n} + b
    while total > {n}:
        total -= b
    return total
"""
OTHER = """
import math

def softmax(values, axis=-1):
    found = []
    for value in values:
        found.append(math.exp(value))
    return found
"""


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the library reads its page in the old way
def test_similar_code_is_found_and_what_was_given_is_not(tmp_path, course):
    pytest.importorskip("copydetect")
    from tutor.classroom.similarity import find_similar

    given = next(e for e in course.exercises if e.id == "softmax").solution.read_text()
    own = "".join(OWN.format(n=n) for n in range(6))
    for who, text in {"a": own, "b": own.replace("total", "amount"), "c": OTHER, "d": given, "e": given}.items():
        (tmp_path / "class" / who).mkdir(parents=True)
        (tmp_path / "class" / who / "softmax.py").write_text(text)
    pairs = find_similar(tmp_path / "class", course, tmp_path / "out", least=0.7)
    assert [(pair.exercise, {pair.first, pair.second}) for pair in pairs] == [("softmax", {"a", "b"})]
    assert (tmp_path / "out" / "similarity.html").exists()
    with pytest.raises(TutorError, match="between 0 and 1"):
        find_similar(tmp_path / "class", course, tmp_path / "out", least=2)


# --- what goes wrong in a class ------------------------------------------------------------------------------------


def test_a_task_that_is_lost_costs_one_submission(run, graded, monkeypatch):
    from tutor.classroom import task
    from tutor.classroom.scoring import NOT_GRADED

    grade = task.grade

    def unlucky(work):
        if work["steps"][0]["job"]["path"] == "lost.py":
            raise RuntimeError("the worker is gone")
        return grade(work)

    monkeypatch.setattr(task, "grade", unlucky)
    lost = replace(handed_in("li", softmax="failed failed", entropy=None), paths={"softmax": "lost.py"})
    grading = run([handed_in("jane"), lost, handed_in("max", softmax="passed failed")])
    assert [result.points for result in grading.results] == [30, 0, 25]
    assert grading.results[1].parts[0].note == NOT_GRADED
    assert "1 verdicts could not be made (RuntimeError)" in grading.notes[0]


def test_what_befalls_all_ends_the_run_and_keeps_what_was_made(run, graded, monkeypatch, tmp_path):
    from tutor.classroom import task

    grade, made = task.grade, []

    def refused(work):
        if made:
            raise TutorError("The sandbox is refused.")
        made.append(work)
        return grade(work)

    monkeypatch.setattr(task, "grade", refused)
    with pytest.raises(TutorError, match="refused"):
        run([handed_in("jane"), handed_in("li", softmax="failed")])
    assert len((tmp_path / "out" / FILE).read_bytes().splitlines()) == 2
    task.go_on()


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_ctrl_c_keeps_what_was_finished(course, assignment, graded, tmp_path, error):
    from conftest import Here

    from tutor.classroom import task
    from tutor.classroom.run import Class

    def progress(done, total):
        if done == 1:
            raise error

    submissions = [handed_in(str(n), softmax="passed " * n, entropy=None) for n in range(1, 5)]
    with pytest.raises(error):
        Class(course, assignment, Store(tmp_path / "out")).grade(by_student(submissions, None), Here(), progress)
    assert len((tmp_path / "out" / FILE).read_bytes().splitlines()) == 4
    assert task._stopping.is_set()
    task.go_on()


def test_the_same_file_keeps_its_own_name(run):
    first, second = handed_in("jane", entropy=None), handed_in("li", entropy=None)
    second = replace(second, paths={"softmax": "li_softmax.py"})
    found = run([first, second]).results
    assert [result.parts[0].verdict.path for result in found] == ["softmax.py", "li_softmax.py"]


def test_nobody_is_a_class_too(run, tmp_path):
    from tutor.classroom.reports import FORMATS, write_reports

    grading = run([])
    assert grading.results == ()
    assert write_reports(grading, tmp_path / "reports", FORMATS)
    assert merge([replace(grading, shard="1/1")]).results == ()


@pytest.mark.parametrize(("hours", "days"), [(0, 0), (23.5, 1), (24, 1), (25, 1), (25.1, 2), (49, 2)])
def test_a_day_is_a_day_when_the_clocks_are_changed(run, assignment, hours, days):
    from zoneinfo import ZoneInfo

    due = datetime(2026, 10, 24, 23, 59, tzinfo=ZoneInfo("Europe/Berlin"))  # the next day has 25 hours
    late = replace(assignment, due=due, late=Late(per_day=0.1))
    at = due.astimezone(UTC) + timedelta(hours=hours)
    assert run([handed_in(at=at)], assignment=late).results[0].late_days == days
    spring = replace(late, due=datetime(2026, 3, 28, 23, 59, tzinfo=ZoneInfo("Europe/Berlin")))
    at = spring.due.astimezone(UTC) + timedelta(hours=23)
    assert run([handed_in(at=at)], assignment=spring).results[0].late_days == 1
    at += timedelta(minutes=1)
    assert run([handed_in(at=at)], assignment=spring).results[0].late_days == 2
    roster = Roster.of([Student("jane", "Jane", extension_days=1)])
    at -= timedelta(minutes=1)
    assert run([handed_in(at=at)], roster, spring).results[0].late_days == 0


def test_of_two_at_once_the_one_that_can_be_read_counts(run):
    broken = Submission(("jane",), "jane.zip", problem="it is damaged.")
    (result,) = run([handed_in("jane", origin="a"), broken]).results
    assert (result.state, result.points, result.origin) == ("duplicate", 30, "a")


# --- rosters that instructors have ---------------------------------------------------------------------------------


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
