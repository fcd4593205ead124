"""Reads TOML strictly: every key known, every value of the right kind, every error with file, line and key.

Owns the `+++` front matter and the typed access to TOML tables. Knows nothing of what the keys mean.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from tutor.model import CourseError
from tutor.text.nearest import nearest, shown

_FENCE = "+++"


class Table:
    """One TOML table being read; each getter takes a key, and `finish` complains about the keys nobody took."""

    def __init__(self, data: dict[str, object], where: Path, source: str = "", first_line: int = 1) -> None:
        self._data = data
        self._where = where
        self._source = source
        self._first_line = first_line
        self._known: set[str] = set()

    def line(self, key: str) -> int | None:
        """The line on which `key` is set, if it can be told: of several, the first with this table's value."""
        setting = re.compile(rf"\s*\"?{re.escape(key)}\"?\s*=(.*)")
        numbered = enumerate(self._source.splitlines(), self._first_line)
        found = [(number, match[1]) for number, line in numbered if (match := setting.match(line))]
        value = str(self._data.get(key, ""))
        return next((number for number, text in found if value in text), found[0][0] if found else None)

    def error(self, key: str, problem: str) -> CourseError:
        """Build the error for a bad value of `key`."""
        return CourseError(f"{shown(self._where, self.line(key))}: `{key}` {problem}")

    def has(self, key: str) -> bool:
        """Tell whether `key` is set; it then counts as known."""
        self._known.add(key)
        return key in self._data

    def text(self, key: str, default: str | None = None) -> str:
        """Take a non-empty string."""
        value = self._take(key, default)
        if not isinstance(value, str) or (not value.strip() and default != value):
            raise self.error(key, f"must be a text between quotes, not {_kind(value)}")
        return value

    def integer(self, key: str, default: int | None = None, *, low: int = 0, high: int = 100_000) -> int:
        """Take a whole number between `low` and `high`."""
        value = self._take(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.error(key, f"must be a whole number, not {_kind(value)}")
        if not low <= value <= high:
            raise self.error(key, f"must lie between {low} and {high}, not {value}")
        return value

    def number(self, key: str, default: float | None = None) -> float:
        """Take a number."""
        value = self._take(key, default)
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            raise self.error(key, f"must be a number, not {_kind(value)}")
        return float(value)

    def flag(self, key: str, default: bool = False) -> bool:
        """Take true or false."""
        value = self._take(key, default)
        if not isinstance(value, bool):
            raise self.error(key, f"must be true or false, not {_kind(value)}")
        return value

    def texts(self, key: str, default: Iterable[str] | None = ()) -> tuple[str, ...]:
        """Take a list of strings without repetition."""
        value = self._take(key, None if default is None else list(default))
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise self.error(key, f'must be a list of texts like ["a", "b"], not {_kind(value)}')
        if len(set(value)) != len(value):
            twice = next(item for item in value if value.count(item) > 1)
            raise self.error(key, f"names `{twice}` twice")
        return tuple(value)

    def one_of(self, key: str, options: tuple[str, ...], default: str | None = None) -> str:
        """Take a string that is one of `options`."""
        value = self.text(key, default)
        if value not in options:
            raise self.error(key, f"cannot be `{value}`{nearest(value, options)}")
        return value

    def tables(self, key: str) -> list[Table]:
        """Take a list of tables, `[[key]]` in TOML; an empty list when absent."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.error(key, f"must be written as [[{key}]] tables")
        return [Table(item, self._where, self._source, self._first_line) for item in value]

    def table(self, key: str) -> Table:
        """Take a table, `[key]` in TOML; an empty one when absent."""
        value = self._take(key, {})
        if not isinstance(value, dict):
            raise self.error(key, f"must be written as a table [{key}], not {_kind(value)}")
        return Table(value, self._where, self._source, self._first_line)

    def raw(self, key: str, default: object = None) -> object:
        """Take whatever is there: for dates and for what may be written in several ways."""
        return self._take(key, default)

    def names(self) -> tuple[str, ...]:
        """Give the keys that are set."""
        return tuple(self._data)

    def finish(self) -> None:
        """Complain about a key that nothing asked for."""
        for key in self._data:
            if key not in self._known:
                raise self.error(key, f"is not a key that is known here{nearest(key, self._known)}")

    def _take(self, key: str, default: object) -> object:
        self._known.add(key)
        if key in self._data:
            return self._data[key]
        if default is None:
            raise CourseError(f"{shown(self._where, self._first_line)}: the key `{key}` is missing")
        return default


def _kind(value: object) -> str:
    names = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return f"an empty text ({value!r})" if value == "" else f"{names.get(type(value), 'that')} ({value!r})"


def read_text(path: Path) -> str:
    """Read a UTF-8 file with Unix line ends."""
    try:
        return path.read_text(encoding="utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise CourseError(f"{shown(path, line)}: this is not UTF-8 text; save the file as UTF-8") from None
    except OSError as error:
        raise CourseError(f"{shown(path)}: cannot be read: {error.strerror or error}") from None


def parse_toml(source: str, where: Path, first_line: int = 1) -> Table:
    """Parse TOML that begins on `first_line` of the file `where`."""
    try:
        return Table(tomllib.loads(source), where, source, first_line)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        found = re.search(r"\(at line (\d+), column \d+\)", message)
        line = first_line + (int(found[1]) - 1 if found else source.count("\n"))
        what = re.sub(r"\s*\(at .*\)", "", message)
        raise CourseError(f"{shown(where, line)}: this is not valid TOML: {what}") from None


def split(text: str, path: Path) -> tuple[Table, str, int]:
    """Split a Markdown file into its front matter, its body and the line on which the body begins."""
    lines = text.split("\n")
    if lines[0].strip() != _FENCE:
        raise CourseError(f"{shown(path, 1)}: the first line must be `+++`, the start of the front matter")
    for number, line in enumerate(lines[1:], 1):
        if line.strip() == _FENCE:
            table = parse_toml("\n".join(lines[1:number]), path, 2)
            return table, "\n".join(lines[number + 1 :]), number + 2
    raise CourseError(f"{shown(path, 1)}: the front matter has no closing `+++`")


def read_front(path: Path) -> Table:
    """Read only the front matter of a Markdown file."""
    return split(read_text(path), path)[0]
