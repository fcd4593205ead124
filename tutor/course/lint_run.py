"""Runs the `python run` fences of a lesson and the code of its output questions, and compares what they print."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tutor.course.problem import Problem
from tutor.text.fences import Fence, walk
from tutor.text.frontmatter import read_text, split
from tutor.text.quiz import normal_output, parse_quiz

SECONDS = 120
_PACKAGE = Path(__file__).resolve().parents[2]


@dataclass(slots=True)
class Piece:
    """Code that stands on `line`, and what it must print; None when the text does not say."""

    line: int
    code: str
    expected: str | None = None


def lint_runs(path: Path) -> Iterator[Problem]:
    """Run what a lesson shows as running; raises CourseError when the lesson cannot be read."""
    _, body, first_line = split(read_text(path), path)
    pieces: list[Piece] = []
    quizzes: list[Piece] = []
    answered = True
    for fence in walk(body, first_line):
        if not isinstance(fence, Fence):
            continue
        if fence.info == "python run":
            pieces.append(Piece(fence.number, fence.body))
            answered = False
        elif fence.info == "output" and answered:
            yield Problem(path, fence.number, "run", "this output belongs to no ```python run``` fence before it")
        elif fence.info == "output":
            pieces[-1].expected = fence.body
            answered = True
        elif fence.info == "quiz":
            found = parse_quiz(fence.body, path, fence.number + 1)
            quizzes += [Piece(fence.number, q.code, q.answer) for q in found if q.kind == "output"]
    yield from _compare(path, pieces, exact=True)
    for quiz in quizzes:
        yield from _compare(path, [quiz], exact=False)


def _compare(path: Path, pieces: list[Piece], *, exact: bool) -> Iterator[Problem]:
    if not pieces:
        return
    results = _run(path, pieces)
    if isinstance(results, str):
        yield Problem(path, pieces[0].line, "run", results)
        return
    for piece, result in zip(pieces, results, strict=True):
        tidy = _tidy if exact else normal_output
        if result["error"]:
            yield Problem(path, piece.line, "run", f"this code fails: {result['error']}")
        elif piece.expected is not None and tidy(result["output"]) != tidy(piece.expected):
            message = f"this code prints\n{_tidy(result['output'])}\nnot\n{_tidy(piece.expected)}"
            yield Problem(path, piece.line, "run", message)


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n")).rstrip()


def _run(path: Path, pieces: list[Piece]) -> list[dict[str, str]] | str:
    request = json.dumps([(f"{path.name}:{piece.line}", piece.code) for piece in pieces])
    paths = os.pathsep.join(filter(None, [str(_PACKAGE), os.environ.get("PYTHONPATH", "")]))
    env = os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "tutor.course.run_fences"]
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                command, input=request, capture_output=True, encoding="utf-8", cwd=folder, env=env, timeout=SECONDS,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return f"the code of this lesson takes longer than {SECONDS} s"
    try:
        results: list[dict[str, str]] = json.loads(done.stdout)
    except ValueError:
        return f"the code of this lesson ended the interpreter: {done.stderr.strip()[-300:]}"
    return results
