"""GitHub Actions: a step summary, and annotations at the lines where checks failed; of one student or a class."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from tutor.atomic import refusal, write_atomic
from tutor.classroom.feedback import STATES, headline, items, number
from tutor.classroom.model import Grading, Result
from tutor.text.escape import ci_message, ci_property, markdown, markdown_block

_MOST = 900 << 10
"""Bytes; a step's summary above one MiB is thrown away whole."""
_ANNOTATIONS = 10
"""More of a kind are not shown."""


def write(grading: Grading, folder: Path) -> list[Path]:
    """Write `summary.md`, append it to the step's summary, and print annotations where a workflow runs."""
    text = summary(grading)
    path = folder / "summary.md"
    write_atomic(path, text.encode("utf-8", "replace"))
    if target := os.environ.get("GITHUB_STEP_SUMMARY"):
        try:
            with Path(target).open("a", encoding="utf-8", errors="replace") as file:
                file.write(text)
        except OSError as error:
            raise refusal("write", Path(target), error) from error
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for annotation in annotate(grading):
            sys.stdout.write(annotation + "\n")
    return [path]


def summary(grading: Grading) -> str:
    """The summary in Markdown, cut below the size at which it would be thrown away."""
    lines = [f"## {markdown(grading.assignment.title)}", ""]
    if len(grading.results) == 1:
        lines += _one(grading, grading.results[0])
    else:
        lines += ["| student | state | points | of |", "|---|---|---:|---:|"]
        lines += [
            f"| {markdown(r.student.name)} | {STATES[r.state]} | {number(r.points)} | {number(r.possible)} |"
            for r in grading.results
        ]
    room, kept = _MOST, []
    for line in lines:
        room -= len(line.encode("utf-8", "replace")) + 1
        if room < 0:
            kept.append("\n… the rest was left out.")
            break
        kept.append(line)
    return "\n".join(kept) + "\n"


def _one(grading: Grading, result: Result) -> Iterator[str]:
    yield headline(result)
    yield ""
    for part in result.parts:
        yield f"### {part.exercise}: {number(part.points)} of {number(part.possible)}"
        yield ""
        if part.note:
            yield markdown(part.note)
        for item in items(part, grading.assignment.release):
            yield f"- {'✓' if item.passed else '✗'} {markdown(item.sentence)}"
            if item.text:
                yield ""
                yield markdown_block(item.text)
                yield ""
        yield ""


def annotate(grading: Grading) -> Iterator[str]:
    """The workflow commands, with file and line where they are known."""
    count = 0
    for result in grading.results:
        for part in result.parts:
            for item in items(part, grading.assignment.release):
                if item.passed or count >= _ANNOTATIONS:
                    continue
                count += 1
                file = part.verdict.path if part.verdict else ""
                place = f"file={ci_property(file)}," + (f"line={item.line}," if item.line else "")
                first = item.text.partition("\n")[0]
                text = f"{item.sentence} {first}".strip()
                yield f"::error {place}title={ci_property(part.exercise)}::{ci_message(text)}"
