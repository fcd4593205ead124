"""A tiny course on disk, a workspace for it, a fake grader, and commands run in this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tutor import cli, session
from tutor.model import Diagnosis, Finding, Job, Verdict
from tutor.workspace import digest

CHAPTER = "01_first"

_TASK = """+++
id = "{id}"
title = "The {id}"
level = {level}
minutes = 5
needs = {needs}
framework = "numpy"
forbidden = []
points = 10
{extra}
+++
Write `{stem}` so that it gives $2x$.

## Hint 1
Think of {id}.

## Hint 2
Multiply by two.
"""

_STUB = '''"""The {stem}."""


def {stem}(x):
    # TODO: write it.
    raise NotImplementedError
'''

_LESSON = """+++
id = "l01-1"
title = "The first lesson"
minutes = 5
objectives = ["Double a number."]
+++
## Doubling

To double, multiply by two: $y = 2x$.

```exercise double
```

## Again

The second page.
"""


def write_exercise(root: Path, exercise_id: str, *, level: int = 1, needs: str = "[]", extra: str = "") -> None:
    stem = exercise_id.replace("-", "_")
    folder = root / "exercises" / CHAPTER
    folder.mkdir(parents=True, exist_ok=True)
    task = _TASK.format(id=exercise_id, stem=stem, level=level, needs=needs, extra=extra)
    (folder / f"{stem}.md").write_text(task, encoding="utf-8")
    (folder / f"{stem}.py").write_text(_STUB.format(stem=stem), encoding="utf-8")
    check = f'def test_doubles(mine):\n    """Doubles."""\n    assert mine.{stem}(1) == 2\n'
    (folder / f"test_{stem}.py").write_text(check, encoding="utf-8")
    solutions = root / "solutions" / CHAPTER
    solutions.mkdir(parents=True, exist_ok=True)
    (solutions / f"{stem}.py").write_text(f"def {stem}(x):\n    return 2 * x\n", encoding="utf-8")
    (solutions / f"{stem}_variants.py").write_text("", encoding="utf-8")


def write_chapter(root: Path, *exercises: str) -> None:
    folder = root / "lessons" / CHAPTER
    folder.mkdir(parents=True, exist_ok=True)
    names = ", ".join(f'"{name}"' for name in exercises)
    (folder / "chapter.toml").write_text(
        f'id = "c01"\ntitle = "First"\nsummary = "Begin."\nexercises = [{names}]\nlabs = []\nexplorers = []\n'
    )


def write_manifest(root: Path, version: str = "1.0", course_id: str = "tiny") -> None:
    text = f'id = "{course_id}"\ntitle = "Tiny"\nversion = "{version}"\nauthors = ["A"]\nlicence = "MIT"\n'
    (root / "lessons").mkdir(parents=True, exist_ok=True)
    (root / "lessons" / "course.toml").write_text(text)


@pytest.fixture
def course_root(tmp_path: Path) -> Path:
    """A course of three exercises, of which `quadruple` builds on `double`, and one lesson of two pages."""
    root = tmp_path / "course"
    write_manifest(root)
    write_exercise(root, "double")
    write_exercise(root, "quadruple", level=2, needs='["double"]')
    write_exercise(root, "square-root")
    write_chapter(root, "double", "quadruple", "square-root")
    (root / "lessons" / CHAPTER / "01_doubling.md").write_text(_LESSON, encoding="utf-8")
    return root


@dataclass
class FakeGrader:
    """Passes what holds the word `right`; tells the words of the contract, imports no torch."""

    jobs: list[Job]
    closed: bool = False
    warmed: bool = False
    interrupt: BaseException | None = None

    def __post_init__(self) -> None:
        self.cancelled = threading.Event()

    def warm(self) -> None:
        self.warmed = True

    def grade(self, job: Job) -> Iterator[Finding | Verdict]:
        self.jobs.append(job)
        findings = [Finding("test_first", "Is called.", "passed"), self._second(job)]
        yield findings[0]
        if self.interrupt is not None:
            raise self.interrupt
        yield findings[1]
        yield _verdict(job, tuple(findings), "not_run" if self.cancelled.is_set() else findings[1].outcome)

    def cancel(self) -> None:
        self.cancelled.set()

    def close(self) -> None:
        self.closed = True

    def _second(self, job: Job) -> Finding:
        if b"right" in job.source:
            return Finding("test_second", "Doubles.", "passed", output="hello")
        return Finding(
            "test_second", "Doubles.", "failed", message="The numbers differ.", input="x = [1, 2]\n    [3, 4]",
            expected="[2, 4]", got="[1, 2]", difference="first at 0", draw="draw 1 of 30, seed 0",
            diagnosis=Diagnosis("forgets the two", "These are the numbers without the factor 2."),
            traceback='double.py, line 4\n    return x', output="printed by the learner",
        )  # fmt: skip


def _verdict(job: Job, findings: tuple[Finding, ...], outcome: str) -> Verdict:
    return Verdict(
        exercise=job.exercise, outcome=outcome, findings=findings, path=job.path, sha256=digest(job.source),
        course="tiny", course_version="1.0", seed=job.seed, device=job.device, seconds=0.25,
        counted=not job.checks, notes=("The course's own code stood in.",) if job.needs else (),
        limits={"wall clock": "60 s"},
    )  # fmt: skip


@pytest.fixture
def grader(monkeypatch: pytest.MonkeyPatch) -> FakeGrader:
    """Stands in for the real grader of every session."""
    fake = FakeGrader([])
    monkeypatch.setattr(session, "_new_grader", lambda: fake)
    return fake


@pytest.fixture
def work(course_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace of the tiny course, which is the current folder."""
    folder = tmp_path / "work"
    session.open_session(course_root, folder, create=True).close()
    monkeypatch.chdir(folder)
    return folder


@dataclass
class Result:
    code: int
    out: str
    err: str


@pytest.fixture
def tutor(capsys: pytest.CaptureFixture[str]):
    """Run a command as from a shell: `tutor("grade", "double")`."""

    def run(*argv: object) -> Result:
        capsys.readouterr()
        code = cli.main([str(arg) for arg in argv])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run


@pytest.fixture
def double(work: Path) -> Path:
    """The learner's file of the first exercise."""
    return work / CHAPTER / "double.py"


@pytest.fixture
def upgrade(course_root: Path):
    """A new edition of the course: one more exercise, and `square-root` is called `root` now."""

    def run() -> None:
        write_manifest(course_root, version="2.0")
        for folder in ("exercises", "solutions"):
            for path in (course_root / folder / CHAPTER).glob("*square_root*"):
                path.unlink()
        write_exercise(course_root, "root", extra='formerly = ["square-root"]')
        write_exercise(course_root, "relu")
        write_chapter(course_root, "double", "quadruple", "root", "relu")

    return run
