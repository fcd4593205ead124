"""The progress database: append-only, safe with two tutors, kill -9, damage, locks and a wrong clock."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import tutor
from tutor.model import TutorError
from tutor.progress.schema import MIGRATIONS, on_shared_file_system
from tutor.progress.store import Attempt, Progress


def attempt(exercise="softmax", outcome="failed", **changes):
    return replace(Attempt(exercise, outcome, "ab" * 32, 0.5, 7, "cpu", "1.0", 2, 5), **changes)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "progress.db"


def test_what_was_added_is_read_by_another_tutor(path):
    Progress(path).add_attempt(attempt(at=5.0))
    Progress(path).add_event("hint", "softmax", 2, at=6.0)
    other = Progress(path)
    (found,) = other.attempts("softmax")
    assert found == attempt(at=5.0, id=1)
    assert [(e.kind, e.subject, e.number, e.at) for e in other.events()] == [("hint", "softmax", 2, 6.0)]
    assert other.attempts("relu") == []


def test_rows_cannot_be_changed_or_deleted(path):
    progress = Progress(path)
    progress.add_attempt(attempt())
    progress.close()
    with closing(sqlite3.connect(path)) as connection:
        for sql in ("UPDATE attempts SET outcome = 'passed'", "DELETE FROM attempts"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(sql)


def test_summary_knows_a_pass_whatever_came_after(path):
    progress = Progress(path)
    for outcome in ("failed", "passed", "error"):
        progress.add_attempt(attempt(outcome=outcome))
    progress.add_attempt(attempt("relu"))
    assert progress.summary() == {"softmax": (3, True), "relu": (1, False)}


def test_progress_of_a_renamed_exercise_counts(path):
    old = Progress(path)
    old.add_attempt(attempt("soft-max", "passed"))
    old.add_event("hint", "soft-max", 2)
    new = Progress(path, renamed={"soft-max": "softmax"})
    new.add_attempt(attempt("softmax"))
    assert new.summary() == {"softmax": (2, True)}
    assert new.furthest("hint") == {"softmax": 2}
    assert [a.exercise for a in new.attempts("softmax")] == ["softmax", "softmax"]


def test_latest_and_furthest_differ(path):
    progress = Progress(path)
    for page in (0, 4, 2):
        progress.add_event("page", "l03-3", page)
    assert progress.latest("page") == {"l03-3": 2}
    assert progress.furthest("page") == {"l03-3": 4}


def test_clock_set_back_keeps_the_order_and_no_duration_is_negative(path):
    progress = Progress(path)
    for at, outcome in ((2000.0, "failed"), (1000.0, "passed")):
        progress.add_attempt(attempt(outcome=outcome, at=at, seconds=-3.0))
    assert [(a.at, a.outcome, a.seconds) for a in progress.attempts()] == [
        (2000.0, "failed", 0.0),
        (1000.0, "passed", 0.0),
    ]


def test_two_tutors_write_at_once(path):
    def write(name):
        progress = Progress(path, patience=30)
        for number in range(25):
            progress.add_event("hint", name, number)
        progress.close()

    threads = [threading.Thread(target=write, args=(name,)) for name in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    progress = Progress(path)
    assert progress.furthest("hint") == {"a": 24, "b": 24, "c": 24}
    assert len(progress.events()) == 75


def test_one_progress_serves_several_threads(path):
    progress = Progress(path)
    threads = [threading.Thread(target=progress.add_attempt, args=(attempt(f"e{n}"),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(progress.attempts()) == 8


_WRITER = """
import sys
from pathlib import Path
from tutor.progress.store import Attempt, Progress
progress = Progress(Path(sys.argv[1]))
number = int(sys.argv[2])
while True:
    number += 1
    progress.add_attempt(Attempt("softmax", "failed", "0" * 64, 0.1, number, "cpu", "1", 0, 1))
    print(number, flush=True)
"""


def test_kill_at_any_moment_loses_nothing_that_was_shown(path):
    """Several writers are killed with SIGKILL at random moments; what they had printed is in the database."""
    moments = random.Random(0)
    shown = []
    for round_ in range(4):
        command = [sys.executable, "-c", _WRITER, str(path), str(1000 * round_)]
        environment = {**os.environ, "PYTHONPATH": str(Path(tutor.__file__).parents[1])}
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
        assert writer.stdout is not None
        shown.append(int(writer.stdout.readline()))  # it has begun
        time.sleep(moments.uniform(0, 0.05))
        writer.send_signal(signal.SIGKILL)
        shown += [int(line) for line in writer.stdout.read().splitlines() if line]
        writer.stdout.close()
        writer.wait()
    progress = Progress(path)
    assert progress.check() == "ok"
    assert set(shown) <= {a.seed for a in progress.attempts()}
    assert progress.notices == []


@pytest.mark.parametrize("content", [b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_database_is_set_aside_and_never_overwritten(path, content):
    path.write_bytes(content)
    progress = Progress(path)
    assert progress.attempts() == []
    progress.add_attempt(attempt())
    (notice,) = progress.notices
    (kept,) = path.parent.glob("progress.db.damaged-*")
    assert str(kept) in notice
    assert kept.read_bytes() == content
    assert len(Progress(path).attempts()) == 1


def test_what_can_be_read_of_a_damaged_database_comes_back(path):
    progress = Progress(path)
    progress.merge("attempts", [_row(n) for n in range(600)])
    progress.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    data = bytearray(path.read_bytes())
    page = 4096
    middle = len(data) // page // 2 * page
    data[middle : middle + page] = b"\xee" * page
    path.write_bytes(data)
    again = Progress(path)
    seeds = {a.seed for a in again.attempts()}
    assert 100 < len(seeds) < 600
    assert "of its records could be read" in again.notices[0]
    assert again.check() == "ok"


def _row(number):
    return {
        "uid": f"{number:032x}", "at": float(number), "exercise": "softmax", "outcome": "failed", "sha256": "ab" * 32,
        "seconds": 0.1, "seed": number, "device": "cpu", "course_version": "1", "passed": 0, "total": 1,
    }  # fmt: skip


def test_a_second_tutor_uses_the_new_database_after_the_first_set_the_old_aside(path):
    path.write_bytes(b"damaged" * 1000)
    first, second = Progress(path), Progress(path)
    first.add_attempt(attempt("a"))
    second.add_attempt(attempt("b"))
    assert {a.exercise for a in first.attempts()} == {"a", "b"}
    assert len(list(path.parent.glob("progress.db.damaged-*"))) == 1


def test_a_locked_database_is_said_in_a_sentence(path):
    progress = Progress(path, patience=0.05)
    progress.add_attempt(attempt())
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TutorError, match="is locked by another program"):
            progress.add_attempt(attempt())
        assert len(progress.attempts()) == 1  # reading goes on
        other.execute("ROLLBACK")
    progress.add_attempt(attempt())
    assert len(progress.attempts()) == 2


def test_full_disk_is_said_in_a_sentence_and_the_rest_stays(path):
    progress = Progress(path)
    progress.add_attempt(attempt())
    assert progress._connection is not None
    pages = progress._connection.execute("PRAGMA page_count").fetchone()[0]
    progress._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(TutorError, match="disk is full"):
        progress.add_event("hint", "x" * 100_000)
    progress.close()
    assert len(progress.attempts()) == 1


def test_a_folder_in_its_place_is_said_in_a_sentence(path):
    path.mkdir()
    with pytest.raises(TutorError, match="could not be opened"):
        Progress(path).attempts()


def test_a_newer_database_is_left_alone(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
        connection.execute("CREATE TABLE future (x)")
    before = path.read_bytes()
    with pytest.raises(TutorError, match="newer tutor"):
        Progress(path).attempts()
    assert path.read_bytes() == before


def test_migrations_run_once_and_keep_the_rows(path, monkeypatch):
    Progress(path).add_attempt(attempt())
    more = (*MIGRATIONS, ("CREATE TABLE later (x INTEGER)", "INSERT INTO later VALUES (1)"))
    monkeypatch.setattr("tutor.progress.store.MIGRATIONS", more)
    assert len(Progress(path).attempts()) == 1
    Progress(path).attempts()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM later").fetchone() == (1,)
        assert connection.execute("PRAGMA user_version").fetchone() == (len(more),)


def test_a_failing_migration_changes_nothing(path, monkeypatch):
    Progress(path).add_attempt(attempt())
    broken = (*MIGRATIONS, ("CREATE TABLE later (x INTEGER)", "THIS IS NO SQL"))
    monkeypatch.setattr("tutor.progress.store.MIGRATIONS", broken)
    with pytest.raises(TutorError):
        Progress(path).attempts()
    monkeypatch.setattr("tutor.progress.store.MIGRATIONS", MIGRATIONS)
    assert len(Progress(path).attempts()) == 1
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'later'").fetchall() == []


def test_without_shared_memory_another_journal_is_used(path, monkeypatch):
    monkeypatch.setattr("tutor.progress.store.on_shared_file_system", lambda _path: True)
    progress = Progress(path)
    progress.add_attempt(attempt())
    assert progress.journal_mode() == "delete"
    assert not path.with_name("progress.db-wal").exists()
    assert len(Progress(path).attempts()) == 1


def test_network_mounts_are_recognised(path, tmp_path):
    line = "36 35 98:0 / {} rw,noatime master:1 - {} /dev/x rw\n"
    mounts = line.format("/", "ext4") + line.format(tmp_path, "nfs4") + line.format(tmp_path / "local", "ext4")
    assert on_shared_file_system(path, mounts)
    assert not on_shared_file_system(tmp_path / "local" / "progress.db", mounts)
    assert not on_shared_file_system(tmp_path.parent / "progress.db", mounts)
