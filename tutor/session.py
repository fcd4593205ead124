"""One core under the command line and the TUI: a course, a workspace, its progress and the grader.

Owns the rules of the learner's day: what counts as progress, when a solution may be seen, which code others are built
on. It prints nothing, knows no screen, and imports no torch; the grader is made when it is first needed.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.course.find import find_exercise, find_lab, find_lesson
from tutor.course.load import bundled_root, load_course
from tutor.locate import find_workspace
from tutor.model import Course, Exercise, Finding, Job, Need, State, TutorError, Verdict
from tutor.progress.store import Attempt, Progress
from tutor.source import read_source
from tutor.standing import standing
from tutor.versions import LabPart, Version, history, lab_part, verified_source, with_needs
from tutor.workspace import Workspace, create_workspace, open_workspace, remember

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tutor.grading.client import Grader
    from tutor.progress.stats import Stats


class NoWorkspace(TutorError):  # noqa: N818  it is a sentence for the user, like every TutorError
    """No workspace was named, found or remembered."""


class Session:
    """Everything a front end needs of one workspace. Close it, or use it as a context manager."""

    def __init__(
        self,
        course: Course,
        workspace: Workspace,
        *,
        make_grader: Callable[[], Grader] | None = None,
        notices: list[str] | None = None,
    ) -> None:
        """`notices` are sentences to show once, e.g. that the course has new exercises."""
        self.course = course
        self.workspace = workspace
        self.progress = Progress(workspace.database, renamed=_renamed(course))
        self._notices = list(notices or [])
        self._make_grader = make_grader or _new_grader
        self._grader: Grader | None = None
        self._exercises = {exercise.id: exercise for exercise in course.exercises}

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def grader(self) -> Grader:
        """The grader, made on first use; `grader.warm()` starts it in the background."""
        if self._grader is None:
            self._grader = self._make_grader()
        return self._grader

    def take_notices(self) -> list[str]:
        """Sentences to show the learner, each once."""
        taken = self._notices + self.progress.notices
        self._notices, self.progress.notices = [], []
        return taken

    def exercise(self, exercise_id: str) -> Exercise:
        """The exercise of this id, former id, file name or unique beginning."""
        return self._exercises.get(exercise_id) or find_exercise(self.course, exercise_id)

    def path(self, exercise_id: str) -> Path:
        """The learner's file; it may have been deleted."""
        return self.workspace.path(self.exercise(exercise_id))

    def save(self, exercise_id: str, text: str) -> None:
        """Write the learner's file, atomically, exactly as given."""
        self.workspace.save(self.exercise(exercise_id), text.encode("utf-8"))

    # Grading

    def job(
        self,
        exercise_id: str,
        *,
        device: str = "cpu",
        seed: int | None = None,
        checks: tuple[str, ...] = (),
        path: Path | None = None,
    ) -> Job:
        """What to grade, read now. Raises TutorError when the file cannot be graded as it is."""
        exercise = self.exercise(exercise_id)
        file = path or self.workspace.path(exercise)
        return Job(
            course_root=self.course.root,
            exercise=exercise.id,
            source=read_source(file, exercise.id),
            path=str(file),
            needs=tuple(
                Need(name, verified_source(self.workspace, self.progress, self.exercise(name)))
                for name in with_needs(self._exercises, exercise.needs)
            ),
            seed=seed or 0,
            device=device,
            checks=checks,
        )

    def grade(
        self,
        exercise_id: str,
        *,
        device: str = "cpu",
        seed: int | None = None,
        checks: tuple[str, ...] = (),
        path: Path | None = None,
    ) -> Iterator[Finding | Verdict]:
        """Findings as their checks finish, then the verdict, which is saved before it is handed out.

        A verdict on another file than the workspace's own, on some of the checks, or cut short is not saved.
        """
        job = self.job(exercise_id, device=device, seed=seed, checks=checks, path=path)
        own = Path(job.path).resolve() == self.path(job.exercise).resolve()
        for item in self.grader.grade(job):
            yield self._saved(job, item) if own and isinstance(item, Verdict) else item

    def cancel(self) -> None:
        """End the verdict that is running; its `grade` then ends with outcome `not_run`."""
        if self._grader is not None:
            self._grader.cancel()

    def close(self) -> None:
        """End the grader and close the database."""
        if self._grader is not None:
            self._grader.close()
            self._grader = None
        self.progress.close()

    # How far the learner is

    def state(self, exercise_id: str) -> State:
        """How far this exercise is."""
        return self.states()[self.exercise(exercise_id).id]

    def states(self) -> dict[str, State]:
        """How far each exercise is."""
        graded, given_up = self.progress.summary(), self.progress.furthest("give_up")
        hints = self.progress.furthest("hint")
        return {e.id: self._state(e, graded, e.id in given_up, e.id in hints) for e in self.course.exercises}

    def next_exercise(self, after: str | None = None) -> Exercise | None:
        """The next exercise to do: the first unfinished one behind `after`, else the first unfinished of all."""
        states = self.states()
        order = list(self.course.exercises)
        start = 1 + order.index(self.exercise(after)) if after else 0
        rotated = order[start:] + order[:start]
        unfinished = [e for e in rotated if states[e.id] not in ("passed", "given_up") and e.id != after]
        return next(iter(unfinished), None) or next((e for e in rotated if states[e.id] != "passed"), None)

    def stats(self) -> Stats:
        """History, time, streak and what is due for review."""
        from tutor.progress.stats import compute

        attempts, events = self.progress.attempts(), self.progress.events()
        return compute(self.course, self.states(), attempts, events, now=time.time())

    # Hints and solutions

    def hints(self, exercise_id: str) -> tuple[str, ...]:
        """All hints of an exercise, in Markdown, whether shown or not."""
        from tutor.text.task import parse_task

        return parse_task(self.exercise(exercise_id).task).hints

    def hints_shown(self, exercise_id: str) -> int:
        """How many hints of this exercise the learner has seen."""
        return self.progress.furthest("hint").get(self.exercise(exercise_id).id, 0)

    def show_hint(self, exercise_id: str) -> str | None:
        """Reveal the next hint, or None when all are shown."""
        exercise, shown = self.exercise(exercise_id), self.hints_shown(exercise_id)
        hints = self.hints(exercise_id)
        if shown >= len(hints):
            return None
        self.progress.add_event("hint", exercise.id, shown + 1)
        return hints[shown]

    def may_see_solution(self, exercise_id: str) -> bool:
        """True once the learner has passed the exercise or given it up."""
        exercise = self.exercise(exercise_id)
        passed = self.progress.summary().get(exercise.id, (0, False))[1]
        return passed or exercise.id in self.progress.furthest("give_up")

    def give_up(self, exercise_id: str) -> None:
        """Unseal the solution. Passing the exercise later still counts."""
        if not self.may_see_solution(exercise_id):
            self.progress.add_event("give_up", self.exercise(exercise_id).id, 1)

    def solution(self, exercise_id: str) -> str:
        """The solution's text; raises TutorError while it is sealed."""
        exercise = self.exercise(exercise_id)
        if not self.may_see_solution(exercise.id):
            raise TutorError(
                f"The solution of {exercise.id} is sealed until you pass. `tutor hint {exercise.id}` helps; "
                f"`tutor solution {exercise.id} --give-up` shows it all the same."
            )
        return exercise.solution.read_text(encoding="utf-8")

    # Files and versions

    def reset(self, exercise_id: str) -> Path | None:
        """Put a fresh stub in place; returns where the former file is kept, None when there was none."""
        exercise = self.exercise(exercise_id)
        backup = self.workspace.reset(exercise)
        self.progress.add_event("reset", exercise.id)
        return backup

    def history(self, exercise_id: str) -> list[Version]:
        """Graded versions, each content once, the one graded last at the end."""
        return history(self.workspace, self.progress, self.exercise(exercise_id))

    def version(self, exercise_id: str, version_id: str) -> Version:
        """The graded version whose id begins like this; raises TutorError when there is none or several."""
        found = [v for v in self.history(exercise_id) if version_id and v.sha256.startswith(version_id.lower())]
        if len(found) == 1:
            return found[0]
        name, problem = self.exercise(exercise_id).id, "more than one version" if found else "no version"
        raise TutorError(f"There is {problem} {version_id!r} of {name}; `tutor history {name}` lists them.")

    def restore(self, exercise_id: str, version_id: str) -> Path | None:
        """Put a graded version back; returns where the replaced file is kept."""
        version = self.version(exercise_id, version_id)
        return self.workspace.restore(self.exercise(exercise_id), version.sha256)

    # Lessons, quizzes and labs

    def mark_lesson(self, lesson_id: str, page: int) -> None:
        """Remember the page where a lesson was left; pages count from 0."""
        lesson = find_lesson(self.course, lesson_id)
        if self.progress.latest("page").get(lesson.id) != page:
            self.progress.add_event("page", lesson.id, page)

    def lesson_page(self, lesson_id: str) -> int:
        """The page where a lesson was left, 0 for a new one."""
        return self.progress.latest("page").get(find_lesson(self.course, lesson_id).id, 0)

    def answer_quiz(self, question_id: str, right: bool) -> None:
        """Remember an answer."""
        self.progress.add_event("quiz", question_id, int(right))

    def record_lab(self, lab_id: str, summary: str) -> None:
        """Remember a finished run of a lab; `summary` is JSON."""
        self.progress.add_event("lab_run", find_lab(self.course, lab_id).id, text=summary)

    def lab_source(self, lab_id: str) -> list[LabPart]:
        """The code a lab is to train with, one part for each exercise it uses and each that those need."""
        lab = find_lab(self.course, lab_id)
        return [
            lab_part(self.workspace, self.progress, self.exercise(name))
            for name in with_needs(self._exercises, lab.uses)
        ]

    def _saved(self, job: Job, verdict: Verdict) -> Verdict:
        if not verdict.counted or job.checks or verdict.outcome == "not_run":
            return verdict
        try:
            sha256 = self.workspace.keep(job.source)
            self.progress.add_attempt(Attempt(
                exercise=job.exercise, outcome=verdict.outcome, sha256=sha256, seconds=verdict.seconds,
                seed=verdict.seed, device=verdict.device, course_version=verdict.course_version,
                passed=sum(f.outcome == "passed" for f in verdict.findings), total=len(verdict.findings),
            ))  # fmt: skip
        except TutorError as error:
            return replace(verdict, notes=(*verdict.notes, f"This verdict was not saved. {error}"))
        return verdict

    def _state(self, exercise: Exercise, graded: Mapping[str, tuple[int, bool]], given_up: bool, hinted: bool) -> State:
        attempts, passed = graded.get(exercise.id, (0, False))
        return standing(
            passed=passed,
            given_up=given_up,
            graded=attempts > 0,
            begun=lambda: hinted or self.workspace.edited(exercise),
        )


def open_session(
    course_root: Path | None = None,
    workspace: Path | None = None,
    *,
    create: bool = False,
    make_grader: Callable[[], Grader] | None = None,
) -> Session:
    """Open a workspace with its course: the one named, the one around the current folder, or the one used last.

    Raises NoWorkspace when there is none; with `create`, the named one is made.
    """
    root = workspace or find_workspace(Path.cwd())
    if root is None:
        raise NoWorkspace("There is no workspace yet. `tutor start` makes one, or `tutor init DIR` where you like.")
    if create and not (root.expanduser() / ".tutor" / "workspace.toml").exists():
        opened = _create(root, course_root)
    else:
        opened = open_workspace(root)
    known = course_root.expanduser().absolute() if course_root else Path(opened.manifest.root or bundled_root())
    course = load_course(known)
    if course.id != opened.manifest.course:
        raise TutorError(
            f"The workspace {opened.root} belongs to the course `{opened.manifest.course}`, not to `{course.id}`. "
            "Name another one with `--workspace DIR`, or make it with `tutor init DIR`."
        )
    notices = opened.sync(course, _named(known))
    remember(opened.root)
    return Session(course, opened, make_grader=make_grader, notices=notices)


def _create(root: Path, course_root: Path | None) -> Workspace:
    source = course_root.expanduser().absolute() if course_root else bundled_root()
    return create_workspace(root, load_course(source), course_root=_named(source))


def _named(course_root: Path) -> str:
    """What a workspace remembers of its course's place: nothing for the bundled one, which moves with the program."""
    return "" if course_root == bundled_root() else str(course_root)


def _renamed(course: Course) -> dict[str, str]:
    return {old: exercise.id for exercise in course.exercises for old in exercise.formerly}


def _new_grader() -> Grader:
    from tutor.grading.client import Grader

    return Grader()
