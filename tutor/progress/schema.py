"""The tables of the progress database, its migrations, and what SQLite's error codes mean to a learner.

Rows are only ever added: triggers refuse changes, and everything else is a view. Owns no connection.
"""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

from tutor.model import TutorError

ATTEMPT_COLUMNS = (
    "uid", "at", "exercise", "outcome", "sha256", "seconds", "seed", "device", "course_version", "passed", "total",
)  # fmt: skip
EVENT_COLUMNS = ("uid", "at", "kind", "subject", "number", "text")
TABLES = {"attempts": ATTEMPT_COLUMNS, "events": EVENT_COLUMNS}

_APPEND_ONLY = tuple(
    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
    for table in TABLES
    for verb in ("UPDATE", "DELETE")
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        # AUTOINCREMENT: ids grow whatever the clock does, so they give the order when the clock was set back.
        """CREATE TABLE attempts (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            uid TEXT NOT NULL UNIQUE,          -- the same row exported and imported twice stays one row
            at REAL NOT NULL,                  -- seconds since 1970, by this machine's clock
            exercise TEXT NOT NULL,
            outcome TEXT NOT NULL,
            sha256 TEXT NOT NULL,              -- of the learner's file; its content is in history/
            seconds REAL NOT NULL CHECK (seconds >= 0),
            seed INTEGER NOT NULL,
            device TEXT NOT NULL,
            course_version TEXT NOT NULL,
            passed INTEGER NOT NULL,           -- findings that passed …
            total INTEGER NOT NULL             -- … of so many
        )""",
        # kind: hint (number = which), give_up, reset, page (number = page), quiz (number = 1 right, 0 wrong),
        # lab_run (text = JSON)
        """CREATE TABLE events (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            uid TEXT NOT NULL UNIQUE,
            at REAL NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            number INTEGER NOT NULL DEFAULT 0,
            text TEXT NOT NULL DEFAULT ''
        )""",
        "CREATE INDEX attempts_by_exercise ON attempts (exercise)",
        "CREATE INDEX events_by_subject ON events (kind, subject)",
        """CREATE VIEW exercise_summary AS
            SELECT exercise, COUNT(*) AS attempts, MAX(outcome = 'passed') AS passed, MAX(at) AS last FROM attempts
            GROUP BY exercise""",
        """CREATE VIEW latest_events AS
            SELECT kind, subject, number, MAX(id) AS id FROM events GROUP BY kind, subject""",
        """CREATE VIEW event_maxima AS
            SELECT kind, subject, MAX(number) AS number, COUNT(*) AS count FROM events GROUP BY kind, subject""",
        *_APPEND_ONLY,
    ),
)
"""One tuple of statements a version; `PRAGMA user_version` counts how many were applied. Never edit an old one."""

_SHARED_FILE_SYSTEMS = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "lustre", "beegfs", "gpfs", "ceph", "fuse.sshfs", "vboxsf",
}  # fmt: skip


def sentence(error: sqlite3.Error, path: Path) -> TutorError:
    """What SQLite refused, as a sentence with what to do."""
    code = primary_code(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        what = "is locked by another program; close it (a backup, a database viewer, another tutor), then try again"
    elif code == sqlite3.SQLITE_FULL:
        what = "could not grow because the disk is full; make room, then try again"
    elif code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH):
        what = "could not be opened for writing; check that the folder is there and that you may write in it"
    elif code == sqlite3.SQLITE_IOERR:
        what = "could not be read or written because the disk reports an error"
    else:
        what = f"could not be used ({error})"
    return TutorError(f"Your progress database {path} {what}. What was saved before is still there.")


def primary_code(error: sqlite3.Error) -> int:
    """SQLite's primary result code, 0 when the error has none."""
    return int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


def is_damage(error: sqlite3.Error) -> bool:
    """True when the file is not (or no longer) a readable database."""
    return primary_code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def on_shared_file_system(path: Path, mounts: str | None = None) -> bool:
    """True when other machines may have the same file open: WAL keeps shared memory, which only one machine sees.

    Known on Linux only; elsewhere SQLite's own answer to `PRAGMA journal_mode=WAL` has to do.
    """
    if mounts is None:
        if not sys.platform.startswith("linux"):
            return False
        try:
            mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return False
    best, kind = "", ""
    target = str(path.absolute())
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        fields = left.split()
        if len(fields) < 5 or not right:
            continue
        point = fields[4].replace("\\040", " ").rstrip("/")
        if (target == point or target.startswith(point + "/")) and len(point) >= len(best):
            best, kind = point, right.split()[0]
    return kind in _SHARED_FILE_SYSTEMS
