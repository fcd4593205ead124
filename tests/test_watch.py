"""The watcher: every way editors save, nothing twice, nothing half written."""

from __future__ import annotations

import os
from itertools import islice

import pytest

from tutor.watch import Watcher, changes


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "softmax.py"
    path.write_text("one\n")
    return path


def saved(watcher):
    return [change.path.name for change in watcher.look()]


def test_a_save_is_seen_once(file):
    watcher = Watcher([file])
    assert saved(watcher) == []
    file.write_text("two, longer\n")
    assert saved(watcher) == ["softmax.py"]
    assert saved(watcher) == []


def test_an_atomic_save_is_seen(file):
    """Vim and VS Code write another file and rename it."""
    watcher = Watcher([file])
    other = file.with_suffix(".tmp")
    other.write_text("two\n")
    other.replace(file)
    assert saved(watcher) == ["softmax.py"]


def test_the_same_content_again_is_no_change(file):
    watcher = Watcher([file])
    file.write_text("one\n")
    os.utime(file, ns=(1, 1))
    assert saved(watcher) == []


def test_deleted_and_made_again(file):
    watcher = Watcher([file])
    file.unlink()
    assert saved(watcher) == []
    file.write_text("one\n")
    assert saved(watcher) == [], "the same content came back"
    file.unlink()
    assert saved(watcher) == []
    file.write_text("two\n")
    assert saved(watcher) == ["softmax.py"]


def test_a_file_that_appears_later_is_seen(tmp_path):
    path = tmp_path / "later.py"
    watcher = Watcher([path])
    assert saved(watcher) == []
    path.write_text("one\n")
    assert saved(watcher) == ["later.py"]


def test_an_emptied_file_counts_when_it_is_filled_again(file):
    watcher = Watcher([file])
    file.write_text("")
    assert saved(watcher) == []
    file.write_text("two\n")
    assert saved(watcher) == ["softmax.py"]


def test_a_folder_in_its_place_is_no_change(file):
    watcher = Watcher([file])
    file.unlink()
    file.mkdir()
    assert saved(watcher) == []
    file.rmdir()
    file.write_text("two\n")
    assert saved(watcher) == ["softmax.py"]


def test_a_drive_that_keeps_old_times_is_seen_in_the_end(file):
    """Same size, same time, same inode: only the content differs."""
    before = file.stat()
    watcher = Watcher([file])
    with file.open("r+") as handle:
        handle.write("two\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert [name for _ in range(10) for name in saved(watcher)] == ["softmax.py"]


def test_the_one_that_was_saved_is_told_apart(file, tmp_path):
    other = tmp_path / "relu.py"
    other.write_text("x\n")
    watcher = Watcher([file, other])
    other.write_text("longer\n")
    assert saved(watcher) == ["relu.py"]


def test_what_the_program_wrote_itself_is_forgiven(file):
    watcher = Watcher([file])
    file.write_text("fresh stub\n")
    watcher.forgive(file)
    assert saved(watcher) == []


def test_changes_waits_between_looks(file):
    pauses = []

    def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            file.write_text("now\n")

    (change,) = islice(changes([file], interval=0.2, pause=pause), 1)
    assert change.path == file
    assert pauses == [0.2, 0.2, 0.2]
