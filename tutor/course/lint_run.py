"""Runs the `python run` fences of lessons and the code of their output questions, and compares what they print."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tutor.course.problem import Problem, problem_of
from tutor.model import CourseError
from tutor.text.fences import Fence, walk
from tutor.text.frontmatter import read_text, split
from tutor.text.quiz import normal_output, parse_quiz

_PACKAGE = Path(__file__).resolve().parents[2]


@dataclass(slots=True)
class Piece:
    """Code that stands on `line`, and what it must print; None when the text does not say."""

    line: int
    code: str
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """Pieces that share one namespace: the fences of a lesson, or a question's code."""

    path: Path
    pieces: Sequence[Piece]
    exact: bool
    """Whether the output is compared with its spaces."""


def lint_runs(paths: Sequence[Path]) -> list[Problem]:
    """Run what lessons show as running; what is found comes in the order of the lessons."""
    found: dict[Path, list[Problem]] = {path: [] for path in paths}
    programs: list[Program] = []
    for path in paths:
        try:
            programs += _programs(path, found[path])
        except CourseError as error:  # a text that cannot be read is one problem more
            found[path].append(problem_of(error, path))
    for program, results in zip(programs, _run(programs), strict=True):
        found[program.path] += _compare(program, results)
    return [problem for path in paths for problem in found[path]]


def _programs(path: Path, problems: list[Problem]) -> Iterator[Program]:
    _, body, first_line = split(read_text(path), path)
    pieces: list[Piece] = []
    questions: list[Piece] = []
    answered = True
    for fence in walk(body, first_line):
        if not isinstance(fence, Fence):
            continue
        if fence.info == "python run":
            pieces.append(Piece(fence.number, fence.body))
            answered = False
        elif fence.info == "output" and answered:
            message = "this output belongs to no ```python run``` fence before it"
            problems.append(Problem(path, fence.number, "run", message))
        elif fence.info == "output":
            pieces[-1].expected = fence.body
            answered = True
        elif fence.info == "quiz":
            quiz = parse_quiz(fence.body, path, fence.number + 1)
            questions += [Piece(fence.number, q.code, q.answer) for q in quiz if q.kind == "output"]
    if pieces:
        yield Program(path, pieces, exact=True)
    yield from (Program(path, [question], exact=False) for question in questions)


def _compare(program: Program, results: list[dict[str, str]] | str) -> Iterator[Problem]:
    path = program.path
    if isinstance(results, str):
        yield Problem(path, program.pieces[0].line, "run", f"the code of this lesson {results}")
        return
    for piece, result in zip(program.pieces, results, strict=True):
        tidy = _tidy if program.exact else normal_output
        if result["error"]:
            yield Problem(path, piece.line, "run", f"this code fails: {result['error']}")
        elif piece.expected is not None and tidy(result["output"]) != tidy(piece.expected):
            message = f"this code prints\n{_tidy(result['output'])}\nnot\n{_tidy(piece.expected)}"
            yield Problem(path, piece.line, "run", message)


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n")).rstrip()


def _run(programs: Sequence[Program]) -> list[list[dict[str, str]] | str]:
    """What each program printed, or why it did not end; one process imports torch and forks for each of them."""
    if not programs:
        return []
    request = [[(f"{p.path.name}:{piece.line}", piece.code) for piece in p.pieces] for p in programs]
    paths = os.pathsep.join(filter(None, [str(_PACKAGE), os.environ.get("PYTHONPATH", "")]))
    env = os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-m", "tutor.course.run_fences"],
        input=json.dumps(request), capture_output=True, encoding="utf-8", env=env, check=False,
    )  # fmt: skip
    if done.returncode:
        return [f"could not be run: {done.stderr.strip()[-300:]}"] * len(programs)
    results: list[list[dict[str, str]] | str] = json.loads(done.stdout)
    return results
