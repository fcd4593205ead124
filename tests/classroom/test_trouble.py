"""What goes wrong in a class costs nobody else anything, and nothing that was finished is lost."""

from __future__ import annotations

import errno
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from class_makers import DUE, handed_in

from tutor.classroom.compare import compare
from tutor.classroom.merge import merge
from tutor.classroom.model import Late, Student, Submission
from tutor.classroom.people import by_student, shard_of
from tutor.classroom.record import read_grading
from tutor.classroom.roster import Roster
from tutor.classroom.store import FILE, Store
from tutor.model import TutorError


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
    from class_makers import Here

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


def test_a_line_of_another_version_is_graded_again(run, graded, tmp_path):
    run([handed_in(entropy=None)])
    path = tmp_path / "out" / FILE
    record = json.loads(path.read_text())
    for verdict in ({}, {"findings": [3]}, [], {**record["verdict"], "findings": [{"check": 1}]}):
        path.write_text(json.dumps({**record, "verdict": verdict}) + "\n")
        graded.clear()
        assert run([handed_in(entropy=None)]).results[0].points == 10
        assert graded == ["softmax"]


def test_a_student_in_two_shards_is_a_sentence(run, tmp_path):
    parts = [run([handed_in("jane")], out=tmp_path / str(k), shard=f"{k}/2") for k in (1, 2)]
    with pytest.raises(TutorError, match="jane is in several shards"):
        merge(parts)
    with pytest.raises(TutorError, match="no shard"):
        merge([replace(parts[0], shard="a/b")])
    with pytest.raises(TutorError, match="not of one assignment"):
        merge([parts[0], replace(parts[1], assignment=replace(parts[1].assignment, seed=1))])


def test_more_shards_than_students_and_students_missing(run, tmp_path):
    roster = Roster.of([Student(key, key) for key in ("a", "b", "c")])
    everybody = by_student([handed_in("b")], roster)
    parts = []
    for number in range(1, 6):
        mine = shard_of(everybody, number, 5)
        shard = Roster.of([student for student, _ in mine])
        submissions = [s for _, found in mine for s in found]
        parts.append(run(submissions, shard, out=tmp_path / str(number), shard=f"{number}/5"))
    whole = merge(parts)
    assert [(r.student.key, r.state) for r in whole.results] == [("a", "missing"), ("b", "graded"), ("c", "missing")]


def test_a_difference_that_only_the_late_policy_makes(run, assignment):
    hard, soft = (replace(assignment, due=DUE, late=Late(per_day=cost)) for cost in (0.5, 0.1))
    late = [handed_in(at=DUE + timedelta(hours=1))]
    (change,) = compare(run(late, assignment=hard), run(late, assignment=soft))
    assert (change.before, change.after, change.why) == (15, 27, "what lateness costs")


def test_a_full_disk_is_a_sentence_and_costs_the_last_submission_alone(run, graded, monkeypatch, tmp_path):
    from tutor.classroom import store, task

    first = [handed_in("jane")]
    run(first)

    def full(number):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(TutorError, match=r"verdicts\.jsonl: the disk is full"):
        run([*first, handed_in("li", softmax="failed")])
    monkeypatch.undo()
    task.go_on()
    assert run(first).results[0].points == 30


def test_a_sandbox_that_is_refused_ends_with_2_and_says_so(tmp_path, monkeypatch, capsys):
    from tutor.classroom import task
    from tutor.cli import main

    def refuse(work):
        assert work["sandbox"] == "strict"
        assert work["steps"][0]["job"]["seed"] == 7
        raise TutorError("This machine cannot enforce: network.")

    monkeypatch.setattr(task, "grade", refuse)
    (tmp_path / "class" / "jane").mkdir(parents=True)
    (tmp_path / "class" / "jane" / "softmax.py").write_text("x = 1\n")
    (tmp_path / "hw.toml").write_text('exercises = ["softmax"]\nseed = 3\n')
    where = [
        "--class",
        str(tmp_path / "class"),
        "--assignment",
        str(tmp_path / "hw.toml"),
        "--out",
        str(tmp_path / "out"),
    ]
    assert main(["grade", *where, "--sandbox", "strict", "--seed", "7"]) == 2
    assert "cannot enforce" in capsys.readouterr().err
    assert not (tmp_path / "out" / "grading.json").exists()


def test_after_a_merge_nothing_is_graded_again(run, graded, tmp_path):
    from tutor.classroom.reports import write_reports
    from tutor.cli import main

    submissions = [handed_in(f"s{n}", softmax="passed " * n) for n in range(1, 4)]
    for number in (1, 2):
        mine = [s for _, found in shard_of(by_student(submissions, None), number, 2) for s in found]
        grading = run(mine, out=tmp_path / str(number), shard=f"{number}/2")
        write_reports(grading, tmp_path / str(number), ["json"])
    parts = [str(tmp_path / "1"), str(tmp_path / "2")]
    assert main(["grade", "merge", *parts, "--out", str(tmp_path / "all")]) == 0
    graded.clear()
    whole = run(submissions, out=tmp_path / "all")
    assert graded == []
    assert read_grading(tmp_path / "all").results == whole.results
