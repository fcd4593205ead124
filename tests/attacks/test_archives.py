"""Every archive of `archives/`: it reads nothing, writes nothing, and stops nobody else's submission."""

from __future__ import annotations

import csv
import importlib.util
import sys

from tutor.classroom.intake.collect import collect
from tutor.classroom.model import Assignment, Part
from tutor.classroom.outcome import result_of
from tutor.classroom.people import by_student
from tutor.classroom.reports import FORMATS, write_reports
from tutor.course.load import bundled_root, load_course

attack = sys.modules["attacks_attack"]  # loaded by conftest
GOOD = b"good = 1\n"


def made_by(archive):
    spec = importlib.util.spec_from_file_location(f"archive_{archive.path.stem}", archive.path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.make


def test_an_archive(archive, tmp_path):
    course = load_course(bundled_root())
    exercises = [exercise for exercise in course.exercises if exercise.id in ("softmax", "cross-entropy")]
    (folder := tmp_path / "class").mkdir()
    canary = tmp_path / "instructor.py"
    canary.write_text("secret = 'CANARY'\n")
    (folder / "jane").mkdir()
    (folder / "jane" / "softmax.py").write_bytes(GOOD)
    made_by(archive)(folder, canary)
    before = sorted(tmp_path.rglob("*"))
    submissions = collect(folder, exercises)
    assert sorted(tmp_path.rglob("*")) == before
    assert canary.read_text() == "secret = 'CANARY'\n"
    jane = next(s for s in submissions if s.origin == "jane")
    assert jane.sources == {"softmax": GOOD}
    others = [s for s in submissions if s is not jane]
    assert others
    for one in others:
        assert not any(b"CANARY" in source or b"overwritten" in source for source in one.sources.values())
        assert one.sources or one.problem
    reports(submissions, course, tmp_path / "out")


def reports(submissions, course, out):
    from datetime import UTC, datetime

    from tutor.classroom.model import Grading
    from tutor.classroom.outcome import Attempt

    assignment = Assignment("hw", "Homework", (Part("softmax", 1.0),))
    people = by_student(submissions, None)
    results = tuple(result_of(assignment, student, [Attempt(s, {}) for s in found]) for student, found in people)
    grading = Grading(assignment, course.id, course.version, results, datetime.now(UTC), 0.0)
    for path in write_reports(grading, out, FORMATS):
        text = path.read_bytes().decode("utf-8-sig")
        assert "\x1b" not in text, path
        assert "\u202e" not in text, path
        if path.suffix == ".csv":
            assert not any(cell[:1] in ("=", "+", "@", "\t") for row in csv.reader(text.splitlines()) for cell in row)


def test_there_are_enough():
    assert len(attack.archives()) >= 12
