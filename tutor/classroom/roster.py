"""Reads the roster, whoever exported it, and tells which student a submission belongs to.

Knows the columns of plain lists, Canvas, Moodle and Classroom 50. Guesses nothing: a name that fits two students fits
none.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.classroom.model import Student
from tutor.model import TutorError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_COLUMNS = {
    "number": ("id", "student id", "id number", "number", "identifier", "sis user id", "github_id"),
    "username": ("username", "user name", "login", "sis login id", "github", "github username", "user"),
    "email": ("email", "email address", "e-mail", "mail"),
    "name": ("name", "full name", "student", "student name"),
    "first": ("first_name", "first name", "given name"),
    "last": ("last_name", "last name", "surname", "family name"),
    "section": ("section", "group", "groups"),
    "extension": ("extension", "extension days", "extension_days"),
}


@dataclass(frozen=True, slots=True)
class Roster:
    """The class."""

    students: tuple[Student, ...]
    _by_alias: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, students: Iterable[Student]) -> Roster:
        """Index students by everything they may be called."""
        found, aliases = tuple(students), defaultdict(set)
        for student in found:
            for alias in _aliases(student):
                aliases[alias].add(student.key)
        return cls(found, {alias: frozenset(keys) for alias, keys in aliases.items()})

    def find(self, who: Iterable[str]) -> Student | None:
        """The one student that these names mean; the first name that means somebody decides."""
        by_key = {student.key: student for student in self.students}
        for name in who:
            for alias in _readings(name):
                keys = self._by_alias.get(alias, frozenset())
                if len(keys) == 1:
                    return by_key[next(iter(keys))]
        return None


def read_roster(path: Path) -> Roster:
    """Read a CSV file; raises TutorError with file and line."""
    rows = list(csv.DictReader(io.StringIO(_text(path), newline=""), dialect=_dialect(path)))
    if not rows:
        raise TutorError(f"{path} has no rows: the first line names the columns, then comes a line for each student.")
    columns = _columns(path, rows[0])
    students: dict[str, Student] = {}
    for line, row in enumerate(rows, 2):
        student = _student(path, line, {what: (row.get(column) or "").strip() for what, column in columns.items()})
        if student is None:
            continue
        if student.key in students:
            raise TutorError(f"{path}:{line}: {student.key!r} is there twice.")
        students[student.key] = student
    return Roster.of(students.values())


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TutorError(f"The roster {path} cannot be read: {error.strerror or error}.") from error
    for encoding in ("utf-8-sig", "utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TutorError(f"The roster {path} is no text; save it as CSV in UTF-8.")


def _dialect(path: Path) -> type[csv.Dialect]:
    first = _text(path).partition("\n")[0]
    delimiter = max(",;\t", key=first.count)

    class Found(csv.excel):
        pass

    Found.delimiter = delimiter
    return Found


def _columns(path: Path, row: Mapping[str, str]) -> dict[str, str]:
    names = {name.strip().lower(): name for name in row if name}
    found = {}
    for what, synonyms in _COLUMNS.items():
        column = next((names[s] for s in synonyms if s in names), None)
        if column is not None:
            found[what] = column
    if not set(found) & {"number", "username", "email", "name", "last"}:
        seen = ", ".join(names) or "none"
        raise TutorError(f"{path}: no column says who is who (columns: {seen}). Call one `name`, `username` or `id`.")
    return found


def _student(path: Path, line: int, cells: Mapping[str, str]) -> Student | None:
    name = cells.get("name") or " ".join(filter(None, (cells.get("first"), cells.get("last"))))
    key = cells.get("username") or cells.get("number") or cells.get("email") or name
    if not key or name.strip().lower() == "points possible":  # Canvas's second row
        return None
    text = cells.get("extension", "").replace(",", ".")
    try:
        days = float(text or 0)
    except ValueError:
        raise TutorError(f"{path}:{line}: the extension {text!r} is no number of days.") from None
    return Student(
        key=key,
        name=name or key,
        email=cells.get("email", ""),
        username=cells.get("username", ""),
        number=cells.get("number", ""),
        section=cells.get("section", ""),
        extension_days=max(0.0, days),
    )


def _plain(text: str) -> str:
    """Letters and digits only, without accents and case: how platforms build file names."""
    decomposed = unicodedata.normalize("NFKD", text)
    return re.sub(r"[^\w]|_", "", "".join(c for c in decomposed if not unicodedata.combining(c))).casefold()


def _aliases(student: Student) -> Iterator[str]:
    for text in (student.key, student.number, student.username, student.email, student.email.partition("@")[0]):
        if text:
            yield _plain(text)
    last, comma, first = student.name.partition(",")
    words = student.name.split()
    if comma:
        yield from {_plain(last + first), _plain(first + last)}
    elif words:
        yield from {_plain(student.name), _plain("".join([words[-1], *words[:-1]]))}


def _readings(name: str) -> Iterator[str]:
    """The name itself, then its ends: `class-hw1-jane-doe` may be Jane's, and `jane-doe` is tried before `doe`."""
    yield _plain(name)
    parts = name.split("-")
    for start in range(1, len(parts)):
        yield _plain("-".join(parts[start:]))
