"""Report formats by name: each module writes its files below a folder and gives their paths."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import cast

from tutor.classroom.model import Grading
from tutor.classroom.record import read_grading
from tutor.classroom.reports.names import file_names
from tutor.model import TutorError
from tutor.text.nearest import nearest

FORMATS = {
    "json": "whole grading, for programs (schema: tutor/classroom/schema.json)",
    "csv": "a row for each student, for spreadsheets",
    "junit": "JUnit XML, for CI",
    "html": "a page for the class and one for each student",
    "gradescope": "results.json, one for each student",
    "classroom50": "result.json of Classroom 50, one for each student",
    "github": "step summary and annotations of GitHub Actions",
}
_OF_STUDENTS = ("students/{}.html", "gradescope/{}.json", "classroom50/{}.json")
DEFAULT = ("json", "csv", "html")

Writer = Callable[[Grading, Path], list[Path]]


def chosen(names: Iterable[str]) -> tuple[str, ...]:
    """The formats asked for, as `csv,html` or one by one; `all` means every one. Raises TutorError."""
    wanted = [name.strip() for text in names for name in text.split(",") if name.strip()] or list(DEFAULT)
    for name in wanted:
        if name not in FORMATS and name != "all":
            raise TutorError(f"There is no report called {name!r}{nearest(name, FORMATS, '.')}")
    return tuple(FORMATS) if "all" in wanted else tuple(dict.fromkeys(["json", *wanted]))


def write_reports(grading: Grading, folder: Path, names: Iterable[str]) -> list[Path]:
    """Write every format; gives the files. Students' files of the grading before, of whom it is not, are taken away."""
    before = _names_before(folder)
    written = [path for name in names for path in _writer(name)(grading, folder)]
    for name in before - set(file_names(grading.results).values()):
        for old in _OF_STUDENTS:
            (folder / old.format(name)).unlink(missing_ok=True)
    return written


def _names_before(folder: Path) -> set[str]:
    """The file names of the students whose results lie in a folder."""
    try:
        return set(file_names(read_grading(folder).results).values())
    except TutorError:  # there is none, or none that this version can read: then nothing is known of it
        return set()


def _writer(name: str) -> Writer:
    return cast(Writer, importlib.import_module(f"tutor.classroom.reports.{name}").write)
