from __future__ import annotations

import os
from pathlib import Path

import pytest

from tutor.atomic import write_atomic
from tutor.model import TutorError
from tutor.tui.buffer import LARGEST, Buffer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "softmax.py"
    path.write_bytes(b"x = 1\n")
    return path


@pytest.fixture
def buffer(path: Path) -> Buffer:
    made = Buffer(path, lambda data: write_atomic(path, data))
    made.load()
    return made


def test_what_was_saved_here_is_no_change(buffer: Buffer, path: Path) -> None:
    buffer.save("x = 2\n")
    assert path.read_text() == "x = 2\n"
    assert buffer.outside() == "none"


def test_a_change_from_outside_is_seen_also_when_size_and_time_are_the_same(buffer: Buffer, path: Path) -> None:
    before = path.stat()
    other = path.with_name("other.py")
    other.write_bytes(b"x = 3\n")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)  # as editors save
    assert buffer.outside() == "changed"
    assert buffer.their_text() == "x = 3\n"


def test_touching_is_no_change(buffer: Buffer, path: Path) -> None:
    os.utime(path, (1, 1))
    assert buffer.outside() == "none"


def test_a_file_that_is_gone_is_told_once_and_can_be_saved_again(buffer: Buffer, path: Path) -> None:
    path.unlink()
    assert [buffer.outside(), buffer.outside()] == ["gone", "none"]
    buffer.save("x = 4\n")
    assert path.read_text() == "x = 4\n"
    assert buffer.outside() == "none"


def test_keeping_mine_hands_out_what_it_will_replace(buffer: Buffer, path: Path) -> None:
    path.write_bytes(b"theirs\n")
    assert buffer.outside() == "changed"
    assert buffer.keep_mine() == b"theirs\n"
    assert buffer.outside() == "none"


@pytest.mark.parametrize("data", [b"a\r\nb\r\n", b"\xef\xbb\xbfa\r\nb\r\n", b"a\n\tb\n", b"no newline", b""])
def test_a_file_keeps_its_line_ends_and_its_mark(path: Path, buffer: Buffer, data: bytes) -> None:
    path.write_bytes(data)
    text = buffer.load()
    assert "\r" not in text
    assert "\ufeff" not in text
    buffer.save(text)
    assert path.read_bytes() == data


def test_old_mac_line_ends_become_lines(path: Path, buffer: Buffer) -> None:
    path.write_bytes(b"a\rb\r")
    assert buffer.load() == "a\nb\n"


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda path: path.write_bytes(b"ok\n\xff\xfe"), "is not UTF-8 text (line 2)"),
        (lambda path: path.write_bytes(b"x" * (LARGEST + 1)), "is larger than 512 KiB"),
        (lambda path: path.unlink(), "is gone"),
        (lambda path: (path.unlink(), path.mkdir()), "is a folder"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(path: Path, buffer: Buffer, spoil, sentence: str) -> None:
    spoil(path)
    assert buffer.load() == ""
    assert buffer.problem is not None
    assert sentence in buffer.problem.sentence
    path.unlink() if path.is_file() else path.is_dir() and path.rmdir()
    path.write_bytes(b"good\n")
    assert buffer.load() == "good\n"
    assert buffer.problem is None


def test_a_save_that_fails_changes_nothing(path: Path) -> None:
    def refuse(data: bytes) -> None:
        raise TutorError("The disk is full.")

    buffer = Buffer(path, refuse)
    buffer.load()
    with pytest.raises(TutorError, match="full"):
        buffer.save("y = 1\n")
    assert path.read_text() == "x = 1\n"
    assert buffer.text == "x = 1\n"
