"""What the learner did, in SQLite: attempts and events, append-only; two tutors may use it at the same time.

Owns the connection, what happens when the database is locked, damaged or of another version, and the plain queries.
What the rows mean for a learner (states, streaks, reviews) is computed in `tutor.progress.stats` and `.review`.
A row is on disk when the method that adds it returns: a crash after that loses nothing.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from tutor.model import Outcome, TutorError
from tutor.progress.queries import FURTHEST, SUMMARY
from tutor.progress.schema import MIGRATIONS, TABLES, is_damage, on_shared_file_system, primary_code, sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

Value = str | int | float
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One graded version. `at` is in seconds since 1970; `passed` of `total` findings passed."""

    exercise: str
    outcome: Outcome
    sha256: str
    seconds: float
    seed: int
    device: str
    course_version: str
    passed: int
    total: int
    at: float = 0.0
    id: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """Anything else that is remembered: a hint shown, a page read, a quiz answered, a lab run, …"""

    kind: str
    subject: str
    number: int = 0
    text: str = ""
    at: float = 0.0
    id: int = 0


class Progress:
    """The progress database of one workspace, opened on first use. Safe to share between threads."""

    def __init__(self, path: Path, *, renamed: Mapping[str, str] | None = None, patience: float = 5.0) -> None:
        """`renamed` maps earlier ids of exercises to present ones; `patience` is how long to wait for a lock, in s."""
        self.path = path
        self.notices: list[str] = []
        """Sentences for the learner about what happened to the database, e.g. that a damaged one was set aside."""
        self._renamed = dict(renamed or {})
        self._patience = patience
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._inode = 0

    def add_attempt(self, attempt: Attempt) -> None:
        """Remember a graded version."""
        self._insert("attempts", [(
            _uid(), attempt.at or time.time(), attempt.exercise, attempt.outcome, attempt.sha256,
            max(0.0, attempt.seconds), attempt.seed, attempt.device, attempt.course_version,
            attempt.passed, attempt.total,
        )])  # fmt: skip

    def add_event(self, kind: str, subject: str, number: int = 0, text: str = "", *, at: float = 0.0) -> None:
        """Remember that something happened to `subject` (an exercise, lesson, question or lab)."""
        self._insert("events", [(_uid(), at or time.time(), kind, subject, number, text)])

    def attempts(self, exercise: str | None = None) -> list[Attempt]:
        """Attempts in the order they were made, of one exercise or of all."""
        sql = (
            "SELECT exercise, outcome, sha256, seconds, seed, device, course_version, passed, total, at, id "
            "FROM attempts ORDER BY id"
        )
        found = [Attempt(self._now(row[0]), *row[1:]) for row in self._query(sql)]
        return [a for a in found if exercise in (None, a.exercise)]

    def events(self, kind: str | None = None) -> list[Event]:
        """Events in the order they happened, of one kind or of all."""
        rows = self._query("SELECT kind, subject, number, text, at, id FROM events ORDER BY id")
        return [Event(row[0], self._now(row[1]), *row[2:]) for row in rows if kind in (None, row[0])]

    def summary(self) -> dict[str, tuple[int, bool]]:
        """For each exercise that was ever graded: how many attempts, and whether one of them passed."""
        found: dict[str, tuple[int, bool]] = {}
        for name, count, passed in self._query(SUMMARY):
            before = found.get(self._now(name), (0, False))
            found[self._now(name)] = (before[0] + count, before[1] or bool(passed))
        return found

    def furthest(self, kind: str) -> dict[str, int]:
        """The largest number of each subject's events of this kind, e.g. the hints shown of each exercise."""
        found: dict[str, int] = {}
        for subject, number in self._query(FURTHEST, (kind,)):
            found[self._now(subject)] = max(number, found.get(self._now(subject), 0))
        return found

    def latest(self, kind: str) -> dict[str, int]:
        """The number of each subject's last event of this kind, e.g. the page where each lesson was left."""
        rows = self._query("SELECT subject, number FROM latest_events WHERE kind = ? ORDER BY id", (kind,))
        return {self._now(subject): number for subject, number in rows}

    def rows(self, table: str) -> list[dict[str, Value]]:
        """A whole table without the local ids, for export."""
        columns = TABLES[table]
        rows = self._query(f"SELECT {', '.join(columns)} FROM {table} ORDER BY id")
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def merge(self, table: str, rows: Iterable[Mapping[str, Value]]) -> int:
        """Add the rows that are not there yet (by uid), in one transaction; returns how many were new."""
        columns = TABLES[table]
        return self._insert(table, [tuple(row[c] for c in columns) for row in rows])

    def check(self) -> str:
        """`ok`, or what SQLite finds wrong with the whole file."""
        return str(self._query("PRAGMA integrity_check(1)")[0][0])

    def journal_mode(self) -> str:
        """How SQLite protects its writes here: `wal`, or `delete` where the file system has no shared memory."""
        return str(self._query("PRAGMA journal_mode")[0][0])

    def close(self) -> None:
        """Close the connection; the next use opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _now(self, name: str) -> str:
        return self._renamed.get(name, name)

    def _insert(self, table: str, rows: Sequence[tuple[Value, ...]]) -> int:
        columns = TABLES[table]
        sql = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"

        def insert(connection: sqlite3.Connection) -> int:
            before = connection.total_changes
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.executemany(sql, rows)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            return connection.total_changes - before

        return self._attempt(insert)

    def _query(self, sql: str, values: tuple[Value, ...] = ()) -> list[tuple[Any, ...]]:
        return self._attempt(lambda connection: connection.execute(sql, values).fetchall())

    def _attempt(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work(connection)`; a damaged database is set aside and the work is done on a new one."""
        with self._lock:
            try:
                return work(self._connected())
            except sqlite3.Error as error:
                if not is_damage(error):
                    raise sentence(error, self.path) from error
            self._set_aside()
            try:
                return work(self._connected())
            except sqlite3.Error as error:
                raise sentence(error, self.path) from error

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = sqlite3.connect(
                self.path, timeout=self._patience, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare(connection)
                self._inode = self.path.stat().st_ino
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > len(MIGRATIONS):
            raise TutorError(f"{self.path} was written by a newer tutor. Upgrade: `pip install -U dl-tutor`.")
        finding = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if finding != "ok":
            raise _damaged(str(finding))
        mode = "DELETE" if on_shared_file_system(self.path) else "WAL"
        try:
            connection.execute(f"PRAGMA journal_mode = {mode}").fetchone()
        except sqlite3.OperationalError as error:
            # Another tutor is just doing the same, or there is no shared memory here: the default journal is as safe.
            if primary_code(error) not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR):
                raise
        # One fsync an attempt: a verdict that was shown survives a power cut.
        connection.execute("PRAGMA synchronous = FULL")
        if version < len(MIGRATIONS):
            _migrate(connection)

    def _set_aside(self) -> None:
        """Rename the damaged database (never overwrite it) and bring back what can still be read of it."""
        self.close()
        try:
            if self._inode and self.path.stat().st_ino != self._inode:
                return  # another tutor has set it aside already
            kept = self.path.with_name(f"{self.path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}")
            for suffix in ("", "-wal", "-shm"):
                part = self.path.with_name(self.path.name + suffix)
                if part.exists():
                    part.rename(kept.with_name(kept.name + suffix))
        except OSError as error:
            raise TutorError(f"{self.path} is damaged and could not be set aside: {error.strerror}.") from error
        self._inode = 0
        saved = sum(self.merge(table, _readable(kept, table)) for table in TABLES)
        self.notices.append(
            f"Your progress database was damaged. It is kept as {kept}; {saved} of its records could be read and are "
            "back. Your exercises are not affected."
        )


def _migrate(connection: sqlite3.Connection) -> None:
    """Apply the migrations that are missing in one transaction; another tutor may have been faster."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _readable(path: Path, table: str) -> list[dict[str, Value]]:
    """The rows of a damaged database that can still be read, from both ends towards the damage."""
    columns = TABLES[table]
    found: dict[int, dict[str, Value]] = {}
    for order in ("ASC", "DESC"):
        sql = f"SELECT id, {', '.join(columns)} FROM {table} ORDER BY id {order}"
        try:
            with closing(sqlite3.connect(path)) as connection:
                for row in connection.execute(sql):
                    found[row[0]] = dict(zip(columns, row[1:], strict=True))
        except (sqlite3.Error, OSError, OverflowError, UnicodeDecodeError):
            continue  # beyond this row the file is unreadable; what was read so far counts
    return [row for _, row in sorted(found.items()) if all(isinstance(v, (str, int, float)) for v in row.values())]


def _damaged(what: str) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(what)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def _uid() -> str:
    return os.urandom(16).hex()
