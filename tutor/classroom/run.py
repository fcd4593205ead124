"""Grades a class: finds the verdicts that are missing, has them made, and puts the results together.

Reading, matching, verdicts, points and reports are each somebody else's. A bad submission costs its own time only.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from tutor.classroom import task
from tutor.classroom.model import Assignment, Grading, Part, Student, Submission
from tutor.classroom.outcome import Attempt, result_of
from tutor.classroom.people import HandedIn
from tutor.classroom.store import Store, key_of
from tutor.grading.record import job_to_json, verdict_from_json
from tutor.model import Course, Exercise, Job, TutorError, Verdict
from tutor.versions import with_needs

_PATIENCE = 10.0
"""Seconds that a run which ends early waits for a task that was told to stop."""

Progress = Callable[[int, int], None]
"""Called with the number of submissions done and of all that have something to grade."""

Again = Callable[[Student, str, Verdict], bool]
"""Whether a known verdict on an exercise of a student is to be made anew."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One exercise of one submission."""

    part: Part
    exercise: Exercise
    builds_on: tuple[str, ...]
    key: str
    source: bytes
    path: str


class Class:
    """One grading from start to end."""

    def __init__(self, course: Course, assignment: Assignment, store: Store) -> None:
        self._course = course
        self._assignment = assignment
        self._store = store
        self._exercises = {exercise.id: exercise for exercise in course.exercises}
        self._uncounted: dict[str, Verdict] = {}
        """Verdicts that broke off for no fault of the learner's code: reported, and made again by the next run."""
        self._graded = 0
        self._lost: dict[str, str] = {}
        """Keys of verdicts that nobody could make, and why."""

    def grade(
        self, students: HandedIn, executor: Executor, progress: Progress, *, again: Again | None = None, shard: str = ""
    ) -> Grading:
        """Grade what is not known yet."""
        began, start = datetime.now(UTC), time.monotonic()
        steps = {id(s): self._steps(s) for _, submissions in students for s in submissions}
        if again is not None:
            for student, submissions in students:
                self._forget(student, [step for s in submissions for step in steps[id(s)]], again)
        self._make([found for found in steps.values() if found], executor, progress)
        results = tuple(
            result_of(self._assignment, student, [Attempt(s, self._verdicts(steps[id(s)])) for s in submissions])
            for student, submissions in students
        )
        course, seconds = self._course, round(time.monotonic() - start, 3)
        return Grading(
            self._assignment, course.id, course.version, results, began, seconds, self._graded, shard, self._notes()
        )

    def _notes(self) -> tuple[str, ...]:
        """What the instructor has to know of the grading as a whole."""
        notes = []
        if self._lost:
            why = ", ".join(sorted(set(self._lost.values())))
            notes.append(f"{len(self._lost)} verdicts could not be made ({why}); grade again.")
        if self._uncounted:
            notes.append(f"{len(self._uncounted)} verdicts broke off; the next run makes them again.")
        return tuple(notes)

    def _steps(self, submission: Submission) -> list[_Step]:
        parts = [part for part in self._assignment.parts if part.exercise in submission.sources]
        own = {part.exercise: submission.sources[part.exercise] for part in parts}
        steps = []
        for part in parts:
            exercise = self._exercises[part.exercise]
            names = tuple(with_needs(self._exercises, exercise.needs))
            needs = {name: self._exercises[name] for name in names}
            key = key_of(self._assignment, exercise, needs, own, hidden=part.hidden)
            steps.append(_Step(part, exercise, names, key, own[exercise.id], submission.paths[exercise.id]))
        return steps

    def _verdicts(self, steps: Sequence[_Step]) -> dict[str, Verdict]:
        found = {step.exercise.id: self._store.get(step.key) or self._uncounted.get(step.key) for step in steps}
        # The same file may have been graded as somebody else's, whose name nobody must read here.
        paths = {step.exercise.id: step.path for step in steps}
        return {name: replace(verdict, path=paths[name]) for name, verdict in found.items() if verdict is not None}

    def _forget(self, student: Student, steps: Iterable[_Step], again: Again) -> None:
        for step in steps:
            verdict = self._store.get(step.key)
            if verdict is not None and again(student, step.exercise.id, verdict):
                self._store.forget([step.key])

    def _make(self, submissions: Iterable[Sequence[_Step]], executor: Executor, progress: Progress) -> None:
        """Have the missing verdicts made; the same files of two students are graded once."""
        claimed: set[str] = set()
        todo = []
        for steps in submissions:
            missing = {step.key for step in steps if self._store.get(step.key) is None}
            if missing - claimed:
                todo.append(steps)
                claimed |= missing
        progress(0, len(todo))
        waiting = {executor.submit(task.grade, self._task(steps)): steps for steps in todo}
        try:
            for done, future in enumerate(as_completed(tuple(waiting)), 1):
                self._take_or_tell(future, waiting.pop(future))
                progress(done, len(todo))
        except BaseException:
            self._keep(waiting)
            raise

    def _take_or_tell(self, future: Future[dict[str, Any]], steps: Iterable[_Step]) -> None:
        """Take an answer; where there is none, as when a cluster lost its workers, that submission alone goes without.

        Raises TutorError for what would befall every submission, such as a sandbox that is refused.
        """
        try:
            answer = future.result()
        except TutorError:
            raise
        except Exception as error:  # whatever an engine raises: it costs one submission
            self._lost.update((s.key, type(error).__name__) for s in steps if self._store.get(s.key) is None)
        else:
            self._take(answer)

    def _keep(self, waiting: Mapping[Future[dict[str, Any]], object]) -> None:
        """The run ends early: nothing further begins, and what was finished meanwhile is kept."""
        running = [future for future in waiting if not future.cancel()]
        task.stop()
        for future in running:
            with contextlib.suppress(Exception):
                self._take(future.result(timeout=_PATIENCE))

    def _task(self, steps: Iterable[_Step]) -> dict[str, Any]:
        assignment, listed = self._assignment, []
        for step in steps:
            known = self._store.get(step.key)
            job = Job(
                self._course.root, step.exercise.id, step.source, step.path, seed=assignment.seed,
                device=assignment.device, limits=assignment.limits, hidden=step.part.hidden,
            )  # fmt: skip
            passed = None if known is None else known.passed
            listed.append({"key": step.key, "builds_on": step.builds_on, "passed": passed, "job": job_to_json(job)})
        return {"sandbox": assignment.sandbox, "steps": listed}

    def _take(self, answer: Mapping[str, Any]) -> None:
        fresh = [(entry["key"], verdict_from_json(entry["verdict"])) for entry in answer["verdicts"]]
        self._graded += len(fresh)
        self._store.add((key, verdict) for key, verdict in fresh if verdict.counted)
        self._uncounted.update((key, verdict) for key, verdict in fresh if not verdict.counted)
