"""Fills in the files that Canvas and Moodle export, and nothing else in them: other columns would be other assignments.

Rows are found by number, login or email, and by name when nothing better is there; a row that nobody's result fits is
left as it was.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from tutor.atomic import write_atomic
from tutor.classroom.feedback import headline, number
from tutor.classroom.model import Grading, Result
from tutor.classroom.roster import Roster, delimiter_of
from tutor.console import note
from tutor.model import TutorError
from tutor.text.escape import csv_cell, line
from tutor.text.nearest import nearest

_NAMED = 10
_CANVAS_FIXED = {
    "student", "id", "sis user id", "sis login id", "section", "integration id", "root account", "group name",
}  # fmt: skip


def fill_canvas(grading: Grading, exported: Path, out: Path) -> Path:
    """Put the points into the assignment's column of an exported gradebook; gives the file to import.

    Whoever handed in nothing or is excused (EX) keeps what is there.
    """
    table = _Csv.read(exported)
    column = _canvas_column(table, grading.assignment.title, exported)
    keep = [name for name in table.header if name.strip().lower() in _CANVAS_FIXED] + [column]
    maximum = next((row[column] for row in table.rows if _says_possible(row)), "")
    results = _Results(grading)
    for row in table.rows:
        result = results.find([row.get(n, "") for n in _named(table, "id", "sis user id", "sis login id", "student")])
        if result is not None and result.state != "missing" and row[column].strip().upper() != "EX":  # excused
            row[column] = table.number(_scaled(result, maximum))
    results.tell(exported)
    return table.write(out / f"canvas-{exported.stem}.csv", keep)


def _canvas_column(table: _Csv, wanted: str, exported: Path) -> str:
    columns = [name for name in table.header if name.strip().lower() not in _CANVAS_FIXED]
    title = wanted.strip().lower()
    fitting = [c for c in columns if title in (c.strip().lower(), c.lower().rpartition(" (")[0].strip())]
    if len(fitting) > 1:
        both = ", ".join(map(repr, fitting))
        raise TutorError(f"{exported}: several columns fit: {both}. Give the assignment one of these as its title.")
    if not fitting:
        valid = nearest(wanted, columns, ".")
        raise TutorError(
            f"{exported}: no column is called {wanted!r} as the assignment's title is{valid} Give the assignment that "
            "title; a new column would make a new assignment in Canvas."
        )
    return fitting[0]


def _says_possible(row: Mapping[str, str]) -> bool:
    return any(cell.strip().lower() == "points possible" for cell in row.values())


def fill_moodle(grading: Grading, exported: Path, out: Path) -> Path:
    """Put points and a line of feedback into an offline grading worksheet; gives the file to upload."""
    table = _Csv.read(exported)
    (grade,) = _named(table, "grade") or (None,)
    if grade is None:
        raise TutorError(
            f"{exported}: there is no column `Grade`; export the offline grading worksheet of the assignment."
        )
    feedback = next(iter(_named(table, "feedback comments")), None)
    maximum = next(iter(_named(table, "maximum grade")), None)
    results = _Results(grading)
    names = _named(table, "email address", "id number", "identifier", "full name")
    for row in table.rows:
        result = results.find([row.get(name, "").removeprefix("Participant ") for name in names])
        if result is None or result.state == "missing":
            continue
        row[grade] = table.number(_scaled(result, row.get(maximum, "") if maximum else ""))
        if feedback is not None:
            row[feedback] = csv_cell(headline(result))
    results.tell(exported)
    return table.write(out / f"moodle-{exported.stem}.csv", table.header)


def _scaled(result: Result, maximum: str) -> float:
    """Points on the platform's scale."""
    try:
        most = float(maximum.replace(",", "."))
    except ValueError:
        return result.points
    return round(result.share * most, 2) if most > 0 else result.points


class _Results:
    """Finds the result that a row means."""

    def __init__(self, grading: Grading) -> None:
        self._by_key = {result.student.key: result for result in grading.results}
        self._left = dict(self._by_key)
        self._roster = Roster.of(result.student for result in grading.results)

    def find(self, who: Sequence[str]) -> Result | None:
        student = self._roster.find([text for text in who if text.strip()])
        if student is None:
            return None
        self._left.pop(student.key, None)
        return self._by_key[student.key]

    def tell(self, exported: Path) -> None:
        """Name those who handed something in and are in no row: their points are nowhere on the platform."""
        names = [line(key) for key, result in self._left.items() if result.state != "missing"]
        if names:
            more = ", …" if len(names) > _NAMED else ""
            note(f"{len(names)} of the results have no row in {exported}: {', '.join(names[:_NAMED])}{more}.")


class _Csv:
    """A table that is written back as it came, but for what was changed."""

    def __init__(self, header: list[str], rows: list[dict[str, str]], *, mark: bool, delimiter: str) -> None:
        self.header, self.rows = header, rows
        self._mark, self._delimiter = mark, delimiter

    @classmethod
    def read(cls, path: Path) -> _Csv:
        try:
            data = path.read_bytes()
            text = data.decode("utf-8-sig")
        except OSError as error:
            raise TutorError(f"{path} cannot be read: {error.strerror or error}.") from error
        except UnicodeDecodeError:
            raise TutorError(f"{path} is not UTF-8; take the file as the platform exported it.") from None
        delimiter = delimiter_of(text)
        reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", restval="", delimiter=delimiter)
        try:
            header, table = list(reader.fieldnames or ()), list(reader)
        except csv.Error as error:
            raise TutorError(f"{path}:{reader.line_num} is no CSV: {error}.") from error
        if not header or len(set(header)) != len(header):
            raise TutorError(f"{path} does not begin with a line of distinct column names.")
        rows = [{name: cell for name, cell in row.items() if isinstance(cell, str)} for row in table]
        return cls(header, rows, mark=data.startswith(b"\xef\xbb\xbf"), delimiter=delimiter)

    def number(self, value: float) -> str:
        """As the platform writes numbers: where semicolons part the columns, commas part the decimals."""
        text = number(value)
        return text.replace(".", ",") if self._delimiter == ";" else text

    def write(self, path: Path, columns: Sequence[str]) -> Path:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, columns, extrasaction="ignore", delimiter=self._delimiter)
        writer.writeheader()
        writer.writerows(self.rows)
        write_atomic(path, text.getvalue().encode("utf-8-sig" if self._mark else "utf-8"))
        return path


def _named(table: _Csv, *names: str) -> tuple[str, ...]:
    """The columns with these names, in the order asked for."""
    found: Mapping[str, str] = {name.strip().lower(): name for name in table.header}
    return tuple(found[name] for name in names if name in found)
