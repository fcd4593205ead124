"""From submissions to points: matching, attempts, lateness, what is graded again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from class_makers import DUE, handed_in

from tutor.classroom.compare import compare
from tutor.classroom.merge import merge
from tutor.classroom.model import Late, Part, Student, Submission
from tutor.classroom.people import by_student, shard_of
from tutor.classroom.record import grading_from_json, grading_to_json, read_grading
from tutor.classroom.roster import Roster
from tutor.classroom.statistics import exercise_statistics
from tutor.classroom.store import FILE, Store
from tutor.model import TutorError

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
