"""The small course of mini.py, and a job for its lab."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tutor.course.load import load_course
from tutor.model import Course
from tutor.training.job import LabJob, plan
from tutor.training.knobs import parse_settings
from tutor.training.module import load_lab
from tutor.training.record import RunRecord
from tutor.training.run import LabRun


@dataclass(frozen=True)
class Own:
    """A learner's file for one exercise."""

    exercise: str
    path: Path
    own: bool = True


@pytest.fixture(scope="session")
def mini(tmp_path_factory: pytest.TempPathFactory) -> Course:
    make_course = runpy.run_path(str(Path(__file__).with_name("mini.py")))["make_course"]
    return load_course(make_course(tmp_path_factory.mktemp("mini")))


@pytest.fixture
def job(mini: Course, tmp_path: Path) -> Callable[..., LabJob]:
    """`job("def shrink…", steps=3)`: a run of the lab with this code of the learner's (None: the course's)."""

    def make(
        code: str | None = None, *, broken: tuple[str, str] | None = None, seed: int = 0, **knobs: object
    ) -> LabJob:
        parts = []
        if code is not None:
            path = tmp_path / "shrink.py"
            path.write_text(code, encoding="utf-8")
            parts = [Own("shrink", path)]
        lab = mini.labs[0]
        texts = {name: str(value) for name, value in knobs.items()}
        values = parse_settings(load_lab(lab.path).knobs, texts)
        return plan(mini, lab, parts, values, broken=broken, seed=seed)

    return make


@pytest.fixture
def train() -> Callable[..., RunRecord]:
    """Run a job to its end and return everything it said."""

    def run(job: LabJob, *, reference: bool = False) -> RunRecord:
        record = RunRecord()
        with LabRun(job, reference=reference) as run:
            for event in run.events():
                record.accept(event)
        return record

    return run
