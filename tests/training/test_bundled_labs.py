"""The labs of the bundled course: their mistakes exist, and their defaults reach the target."""

from __future__ import annotations

import pytest

from tutor.checks.variants import read_variants
from tutor.course.load import bundled_root, load_course
from tutor.training.job import plan
from tutor.training.knobs import defaults
from tutor.training.module import load_lab

COURSE = load_course(bundled_root())
LABS = pytest.mark.parametrize("lab", COURSE.labs, ids=lambda lab: lab.id)


@LABS
def test_every_mistake_to_choose_from_is_a_rejected_variant(lab):
    module = load_lab(lab.path)
    exercises = {exercise.id: exercise for exercise in COURSE.exercises}
    assert module.breaks
    for exercise, title in module.breaks:
        assert exercise in module.uses
        variant = read_variants(exercises[exercise].variants).named(title)
        assert variant.verb == "reject"


@LABS
def test_knobs_say_what_they_do(lab):
    for knob in load_lab(lab.path).knobs:
        assert knob.help


@LABS
def test_the_default_run_reaches_its_target_with_embedded_data(lab, train):
    module = load_lab(lab.path)
    record = train(plan(COURSE, lab, [], defaults(module.knobs)))
    assert record.mine.end.outcome == "finished", record.mine.end
    assert record.reached
    assert record.mine.total == record.mine.step
    assert set(module.curves) <= set(record.mine.series)
    assert record.mine.notes
