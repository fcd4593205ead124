"""Reads the roster, whoever exported it, and tells which student a submission belongs to.

Knows the columns of plain lists, Canvas, Moodle and Classroom 50. Guesses nothing: a name that fits two students fits
none.
"""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.classroom.model import Student
from tutor.model import TutorError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

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
_NOBODY = ("pointspossible", "studenttest", "teststudent")
"""Rows of Canvas that mean no student."""


_Index = Mapping[str, frozenset[str]]
"""What somebody may be called → the keys of all who are called so."""


@dataclass(frozen=True, slots=True)
class Roster:
    """The class."""

    students: tuple[Student, ...]
    _by_key: Mapping[str, Student] = field(default_factory=dict)
    _sure: _Index = field(default_factory=dict)
    """By what is given once: number, user name, email."""
    _weak: _Index = field(default_factory=dict)
    """By names, and by what stands before the @ of an email."""

    @classmethod
    def of(cls, students: Iterable[Student]) -> Roster:
        """Index students by everything they may be called."""
        found = tuple(students)
        by_key = {student.key: student for student in found}
        return cls(found, by_key, _index(found, _sure_aliases), _index(found, _weak_aliases))

    def find(self, who: Iterable[str], *, endings: bool = True) -> Student | None:
        """The one student that these names (or their endings) mean; None for nobody, or when they do not agree."""
        names = list(who)
        found = {key for name in names if (key := self._named(_plain(name)))}
        if not found and endings:  # only then the ends of names, such as `jane-doe` of `class-hw1-jane-doe`
            found = {key for name in names if (key := next(filter(None, map(self._named, _endings(name))), None))}
        return self._by_key[found.pop()] if len(found) == 1 else None

    def _named(self, alias: str) -> str | None:
        for index in (self._sure, self._weak):
            keys = index.get(alias, frozenset())
            if keys:
                return next(iter(keys)) if len(keys) == 1 else None
        return None


def _index(students: Iterable[Student], aliases: Callable[[Student], Iterable[str]]) -> _Index:
    index = defaultdict(set)
    for student in students:
        for alias in aliases(student):
            if alias:
                index[alias].add(student.key)
    return {alias: frozenset(keys) for alias, keys in index.items()}


def read_roster(path: Path) -> Roster:
    """Read a CSV file; raises TutorError with file and line."""
    rows = _rows(path)
    if not rows:
        raise TutorError(f"{path} has no rows: the first line names the columns, then comes a line for each student.")
    columns = _columns(path, rows[0][1])
    students: dict[str, Student] = {}
    for line, row in rows:
        student = _student(path, line, {what: (row.get(column) or "").strip() for what, column in columns.items()})
        if student is None:
            continue
        if student.key in students:
            raise TutorError(f"{path}:{line}: {student.key!r} is there twice.")
        students[student.key] = student
    return Roster.of(students.values())


def _rows(path: Path) -> list[tuple[int, Mapping[str, str]]]:
    """Each row with the number of its last line, of which it may have several."""
    text = _text(path)
    reader = csv.DictReader(io.StringIO(text.lstrip("\r\n"), newline=""), dialect=_dialect(text))
    skipped = len(text) - len(text.lstrip("\r\n"))
    try:
        return [(reader.line_num + skipped, row) for row in reader]
    except csv.Error as error:
        raise TutorError(f"{path}:{reader.line_num + skipped} is no CSV: {error}.") from error


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


def _dialect(text: str) -> type[csv.Dialect]:
    class Found(csv.excel):
        delimiter = delimiter_of(text)

    return Found


def delimiter_of(text: str) -> str:
    """What parts the columns, told by the first line: a comma, a semicolon or a tab."""
    first = text.lstrip("\r\n").partition("\n")[0]
    return max(",;\t", key=first.count)


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
    if not key or _plain(name) in _NOBODY:
        return None
    text = cells.get("extension", "").replace(",", ".")
    try:
        days = float(text or 0)
    except ValueError:
        days = math.nan
    if not abs(days) < 10_000:
        raise TutorError(f"{path}:{line}: the extension {text!r} is no number of days.")
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


def _sure_aliases(student: Student) -> Iterator[str]:
    for text in (student.key, student.number, student.username, student.email):
        yield _plain(text)
        if text.startswith("Participant "):  # Moodle's word for its number, which the names of files have alone
            yield _plain(text.removeprefix("Participant "))


def _weak_aliases(student: Student) -> Iterator[str]:
    yield _plain(student.email.partition("@")[0])
    last, comma, first = student.name.partition(",")
    words = student.name.split()
    if comma:
        yield from {_plain(last + first), _plain(first + last)}
    elif words:
        yield from {_plain(student.name), _plain("".join([words[-1], *words[:-1]]))}


def _endings(name: str) -> Iterator[str]:
    """`class-hw1-jane-doe` may be Jane's, and `jane-doe` is tried before `doe`."""
    parts = name.split("-")
    for start in range(1, len(parts)):
        yield _plain("-".join(parts[start:]))
