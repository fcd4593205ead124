"""What a training process is told: which lab, with whose code for each exercise, which knobs and seed. Pure data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from tutor.model import Course, Exercise, Lab, TutorError
from tutor.training.events import Origin, Used, Who
from tutor.training.knobs import Value


class Part(Protocol):
    """What `Session.lab_source` says about one exercise."""

    @property
    def exercise(self) -> str:
        """The exercise's id."""

    @property
    def path(self) -> Path:
        """The file to use."""

    @property
    def own(self) -> bool:
        """Whether it is the learner's."""


@dataclass(frozen=True, slots=True)
class Source:
    """The file that stands for one exercise in a run."""

    exercise: str
    path: str
    origin: Origin
    solution: str
    variants: str
    variant: str = ""

    def used(self) -> Used:
        """The part of it that a learner is told."""
        return Used(self.exercise, self.origin, self.variant)


@dataclass(frozen=True, slots=True)
class LabJob:
    """One run of a lab: the learner's half; `reference()` gives the other half."""

    lab: str
    title: str
    path: str
    sources: tuple[Source, ...]
    """In the order of their needs: what a later one imports from `tutor.mine` has been loaded before."""
    shown: tuple[str, ...]
    """The exercises that the lab itself names; the others are there because those need them."""
    knobs: dict[str, Value]
    seed: int = 0
    device: str = "cpu"
    who: Who = "mine"
    stall_seconds: float = 30.0
    """Without a logged step for so long, the run is ended and says where it hung."""

    def reference(self) -> LabJob:
        """The same run with the course's solutions everywhere."""
        sources = tuple(replace(s, path=s.solution, origin="course", variant="") for s in self.sources)
        return replace(self, sources=sources, who="reference")

    @property
    def all_course(self) -> bool:
        """True when no code of the learner and no mistake takes part: the reference would be the same run again."""
        return all(s.origin == "course" for s in self.sources)

    def to_json(self) -> str:
        """One line of JSON."""
        body = {name: getattr(self, name) for name in self.__slots__ if name != "sources"}
        body["sources"] = [{name: getattr(s, name) for name in Source.__slots__} for s in self.sources]
        return json.dumps(body)

    @staticmethod
    def from_json(line: str) -> LabJob:
        """The job that a line says."""
        body = json.loads(line)
        sources = tuple(Source(**s) for s in body.pop("sources"))
        return LabJob(**(body | {"sources": sources, "shown": tuple(body["shown"])}))


def plan(
    course: Course,
    lab: Lab,
    parts: Iterable[Part],
    knobs: Mapping[str, Value],
    *,
    broken: tuple[str, str] | None = None,
    seed: int = 0,
) -> LabJob:
    """The job for a lab. `parts` says whose code to use; an exercise it does not name uses the course's solution."""
    given = {part.exercise: part for part in parts}
    sources = tuple(_source(exercise, given.get(exercise.id), broken) for exercise in _in_order(course, lab.uses))
    if broken is not None and broken[0] not in {s.exercise for s in sources}:
        raise TutorError(f"Lab {lab.id} does not use the exercise {broken[0]}, so it cannot be broken there.")
    return LabJob(lab.id, lab.title, str(lab.path), sources, lab.uses, dict(knobs), seed)


def _source(exercise: Exercise, part: Part | None, broken: tuple[str, str] | None) -> Source:
    solution, variants = str(exercise.solution), str(exercise.variants)
    if broken is not None and exercise.id == broken[0]:
        return Source(exercise.id, solution, "mistake", solution, variants, broken[1])
    if part is None or not part.own:
        return Source(exercise.id, solution, "course", solution, variants)
    return Source(exercise.id, str(part.path), "yours", solution, variants)


def _in_order(course: Course, ids: Iterable[str]) -> list[Exercise]:
    """The exercises and everything they need, needs first."""
    by_id = {e.id: e for e in course.exercises}
    done: dict[str, Exercise] = {}

    def visit(name: str) -> None:
        if name in by_id and name not in done:
            for need in by_id[name].needs:
                visit(need)
            done[name] = by_id[name]

    for name in ids:
        visit(name)
    return list(done.values())
