"""A class on disk, and an executor that answers from what a test says about each file instead of grading it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tutor.classroom import task
from tutor.classroom.model import Assignment, Grading, Part
from tutor.classroom.people import by_student
from tutor.classroom.run import Class
from tutor.classroom.store import Store
from tutor.course.load import bundled_root, load_course
from tutor.grading.record import job_from_json, verdict_to_json
from tutor.model import Course

sys.path.insert(0, str(Path(__file__).parent))  # test folders are no packages
from class_makers import Here, verdict


@pytest.fixture(scope="session")
def course() -> Course:
    return load_course(bundled_root())


@pytest.fixture(scope="session")
def exercises(course: Course):
    return [e for e in course.exercises if e.id in ("softmax", "cross-entropy")]


@pytest.fixture
def assignment() -> Assignment:
    return Assignment("hw", "Homework", (Part("softmax", 10.0), Part("cross-entropy", 20.0)))


@pytest.fixture
def graded(monkeypatch) -> list[str]:
    """Every exercise that was graded, in order. A file says itself how its checks go: `# passed failed timeout`."""
    made: list[str] = []

    def grade(work):
        verdicts = []
        for step in work["steps"]:
            if step["passed"] is None:
                job = job_from_json(step["job"])
                made.append(job.exercise)
                verdicts.append(
                    {"key": step["key"], "verdict": verdict_to_json(verdict(job.exercise, job.source.decode()))}
                )
        return {"verdicts": verdicts}

    monkeypatch.setattr(task, "grade", grade)
    return made


@pytest.fixture
def run(course, assignment, graded, tmp_path) -> Callable[..., Grading]:
    """Grade submissions: `run(submissions, roster=…, assignment=…, out=…)`."""

    def grade(submissions, roster=None, assignment=assignment, out=tmp_path / "out", **options) -> Grading:
        return Class(course, assignment, Store(out)).grade(
            by_student(submissions, roster), Here(), lambda done, total: None, **options
        )

    return grade


@pytest.fixture
def folder(tmp_path) -> Callable[[Mapping[str, str | bytes]], Path]:
    """Write a class: `folder({"jane/softmax.py": "…"})`."""

    def write(files: Mapping[str, str | bytes]) -> Path:
        root = tmp_path / "class"
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        root.mkdir(exist_ok=True)
        return root

    return write
