"""A small course on disk and a grader that answers what a test tells it: everything else of the session is real."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tutor.model import Diagnosis, Finding, Job, Verdict
from tutor.session import Session, open_session

STUB = '''\
"""Softmax."""

from __future__ import annotations

import numpy as np


def {name}(z: np.ndarray, axis: int = -1) -> np.ndarray:
    r"""Give exp(z) / sum(exp(z)) along an axis; z has any shape."""
    # TODO: subtract the maximum, then divide.
    raise NotImplementedError
'''

TASK = """\
+++
id = "{id}"
title = "{title}"
level = {level}
minutes = {minutes}
needs = []
framework = "numpy"
+++
Write `{name}(z, axis)`.

$$p_i = \\frac{{e^{{z_i}}}}{{\\sum_j e^{{z_j}}}}$$

| argument | shape | meaning |
|---|---|---|
| `z` | any | logits |
| `axis` | int | which axis |

## Hint 1

What happens to `exp(1000)`?

## Hint 2

Subtract the maximum along `axis` first.
"""

LESSON = """\
+++
id = "{id}"
title = "{title}"
minutes = 20
objectives = ["Know what a softmax does"]
+++
A classifier outputs *logits*.

## Practice

{fences}

## The end

That is all.
"""

EXERCISES = {
    "01_first_steps": (("say-hello", "Say hello", 1, 5),),
    "02_linear_classification": (
        ("softmax", "Softmax over any axis", 2, 15),
        ("cross-entropy", "Cross-entropy", 3, 20),
    ),
}


def write_course(root: Path) -> Path:
    """Two chapters: three exercises, two lessons, a lab and an explorer."""
    lessons = root / "lessons"
    _write(lessons / "course.toml",
           'id = "mini"\ntitle = "A mini course"\nversion = "1"\nauthors = ["Nobody"]\nlicence = "MIT"\n')  # fmt: skip
    _chapter(root, "01_first_steps", "c01", "First steps", labs=(), explorers=())
    _chapter(root, "02_linear_classification", "c02", "Linear classification", labs=("digits",), explorers=("heat",))
    _write(lessons / "02_linear_classification/lab_digits.py", 'TITLE = "Read digits"\nUSES = ("softmax",)\n')
    _write(lessons / "02_linear_classification/explore_heat.py", 'TITLE = "Temperature"\n')
    return root


def _chapter(root: Path, folder: str, chapter: str, title: str, *, labs: tuple[str, ...], explorers: tuple[str, ...]):
    names = [row[0] for row in EXERCISES[folder]]
    manifest = (
        f'id = "{chapter}"\ntitle = "{title}"\nsummary = "What {title.lower()} is about."\n'
        f"exercises = {names}\nlabs = {list(labs)}\nexplorers = {list(explorers)}\n"
    ).replace("'", '"')
    _write(root / "lessons" / folder / "chapter.toml", manifest)
    fences = "\n\n".join([*(f"```exercise {name}\n```" for name in names), *(f"```lab {lab}\n```" for lab in labs),
                          *(f"```explore {name}\n```" for name in explorers)])  # fmt: skip
    number = chapter[1:]
    _write(root / "lessons" / folder / "01_lesson.md",
           LESSON.format(id=f"l{number}-1", title=f"{title}, told", fences=fences))  # fmt: skip
    for ident, name, level, minutes in EXERCISES[folder]:
        stem = ident.replace("-", "_")
        exercises, solutions = root / "exercises" / folder, root / "solutions" / folder
        _write(exercises / f"{stem}.md", TASK.format(id=ident, title=name, level=level, minutes=minutes, name=stem))
        _write(exercises / f"{stem}.py", STUB.format(name=stem))
        _write(exercises / f"test_{stem}.py", f'def test_it(mine):\n    """It works."""\n    mine.{stem}([1.0])\n')
        body = "    e = np.exp(z - z.max(axis=axis, keepdims=True))\n    return e / e.sum(axis=axis, keepdims=True)\n"
        text = STUB.format(name=stem)
        _write(solutions / f"{stem}.py", text[: text.index("    # TODO")] + body)
        _write(solutions / f"{stem}_variants.py", "")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


PASSED = (
    Finding("test_shape", "Keeps the shape.", "passed", 0.002),
    Finding("test_values", "Gives torch.softmax's values for any shape and axis.", "passed", 0.009),
)
FAILED = (
    PASSED[0],
    Finding(
        "test_axis", "Works for every axis, also for negative ones.", "failed", 0.012,
        message="values differ: largest error 0.45 at index (0, 1)",
        input="z = [[0.3, -1.2],\n     [2.0,  0.1]], axis = 0", expected="[[0.154, 0.214],\n [0.846, 0.786]]",
        got="[[0.818, 0.182],\n [0.870, 0.130]]", difference="first at (0, 0); the rows sum to 1, not the columns",
        diagnosis=Diagnosis("ignores axis", "These are the numbers of a softmax over the last axis. "
                            "Which one did the caller ask for?"),
        traceback="softmax.py:12: return e / e.sum(axis=-1)",
        output="[bold]z[/bold] = hello", draw="draw 3 of 30, seed 7",
    ),
    Finding("test_large", "Stays finite for large logits.", "not_run"),
)  # fmt: skip


class FakeGrader:
    """Answers with `findings`; holds back after the first one while `held` is set."""

    def __init__(self) -> None:
        self.findings: tuple[Finding, ...] = FAILED
        self.jobs: list[Job] = []
        self.warmed = 0
        self.cancelled = 0
        self.closed = False
        self.error: Exception | None = None
        self.go_on = threading.Event()
        self.go_on.set()

    def warm(self) -> None:
        self.warmed += 1

    def grade(self, job: Job) -> Iterator[Finding | Verdict]:
        self.jobs.append(job)
        if self.error is not None:
            raise self.error
        before, findings = self.cancelled, self.findings
        outcome = "passed" if all(f.outcome == "passed" for f in findings) else "failed"
        verdict = Verdict(
            exercise=job.exercise, outcome=outcome, findings=findings, path=job.path,
            sha256=hashlib.sha256(job.source).hexdigest(), course="mini", course_version="1", seed=7, device="cpu",
            seconds=0.12,
        )  # fmt: skip
        for number, finding in enumerate(findings):
            yield finding
            if number == 0:
                self.go_on.wait(20)
            if self.cancelled != before:
                yield replace(verdict, outcome="not_run", findings=findings[: number + 1])
                return
        yield verdict

    def cancel(self) -> None:
        self.cancelled += 1
        self.go_on.set()

    def close(self) -> None:
        self.closed = True
        self.go_on.set()


def make_session(folder: Path, grader: FakeGrader) -> Session:
    """A real session on the small course, with a workspace of its own."""
    root = write_course(folder / "course")
    return open_session(root, folder / "work", create=True, make_grader=lambda: grader)
