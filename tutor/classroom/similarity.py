"""Submissions that look alike, found by copydetect (winnowing, as MOSS does it). Reported, never scored.

Stubs and solutions are taken out first: what everybody has says nothing.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor.atomic import make_folder, write_atomic
from tutor.classroom.intake.collect import collect
from tutor.classroom.people import by_student
from tutor.classroom.reports.names import plain_names
from tutor.model import Course, TutorError

_MOST = 200
"""Pairs in the report; without a limit the pages of a large class have many megabytes."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two submissions of one exercise."""

    share: float
    """The larger of the two shares of code found in the other, 0 to 1."""
    exercise: str
    first: str
    second: str


def find_similar(place: Path, course: Course, out: Path, *, least: float) -> list[Pair]:
    """Compare, write `similarity.html` into `out`, give the pairs, the most alike first. Raises TutorError."""
    if not 0 < least <= 1:
        raise TutorError(f"--least {least:g}: a share must lie between 0 and 1.")
    try:
        library: Any = importlib.import_module("copydetect")  # it publishes no types
    except ImportError:
        raise TutorError(
            "Looking for similar code needs the extra `classroom`: pip install 'dl-tutor[classroom]'."
        ) from None
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        students = _lay_out(place, course, root)
        page = root / "similarity.html"
        detector = library.CopyDetector(
            test_dirs=[str(root / "class")], boilerplate_dirs=[str(root / "given")], extensions=["py"],
            display_t=least, same_name_only=True, ignore_leaf=True, silent=True, autoopen=False, out_file=str(page),
        )  # fmt: skip
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            detector.run()
            found = detector.get_copied_code_list()[:_MOST]
            detector.generate_html_report()
        make_folder(out)
        if page.exists():
            write_atomic(out / "similarity.html", page.read_bytes())
    return sorted(_pairs(found, students), key=lambda pair: -pair.share)


def _lay_out(place: Path, course: Course, root: Path) -> dict[str, str]:
    """Write the code as `class/STUDENT/exercise.py`, what was given as `given/…`; gives folder → student."""
    people = by_student(collect(place, course.exercises), None)
    names = plain_names(student.key for student, _ in people)
    for student, submissions in people:
        home = root / "class" / names[student.key]
        home.mkdir(parents=True)
        for submission in submissions:
            for name, source in submission.sources.items():
                (home / f"{name}.py").write_bytes(source)
    for exercise in course.exercises:
        for kind, path in (("stub", exercise.stub), ("solution", exercise.solution)):
            home = root / "given" / kind
            home.mkdir(parents=True, exist_ok=True)
            (home / f"{exercise.id}.py").write_bytes(path.read_bytes())
    return {name: key for key, name in names.items()}


def _pairs(found: list[list[Any]], students: dict[str, str]) -> Iterator[Pair]:
    for first_share, second_share, first, second, *_ in found:
        one, two = Path(str(first)), Path(str(second))
        yield Pair(
            float(max(first_share, second_share)), one.stem, students[one.parent.name], students[two.parent.name]
        )
