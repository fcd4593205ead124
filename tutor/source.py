"""Reads a learner's file as bytes for grading, or says in one sentence why it cannot be graded as it is.

CRLF, tabs, a byte-order mark and syntax errors are the grader's business: Python itself knows what they mean.
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from tutor.atomic import refusal
from tutor.model import TutorError

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 256 << 10
"""Bytes; the longest solution has a few thousand."""


def read_source(path: Path, exercise: str) -> bytes:
    """The file's content; raises TutorError when it is missing, no file, empty, too large or not UTF-8."""
    try:
        info = path.stat()
        if stat.S_ISDIR(info.st_mode):
            raise TutorError(f"{path} is a folder, but {exercise} needs a file there. {_afresh(exercise)}")
        if not stat.S_ISREG(info.st_mode):
            raise TutorError(f"{path} is no ordinary file. {_afresh(exercise)}")
        if info.st_size > LARGEST:
            size = f"{info.st_size / (1 << 20):.1f} MB"
            raise TutorError(f"{path} has {size}; an exercise has at most {LARGEST >> 10} KB. Was it overwritten?")
        data = path.read_bytes()
    except FileNotFoundError:
        raise TutorError(f"{path} is gone. {_afresh(exercise)}") from None
    except OSError as error:
        raise refusal("read", path, error) from error
    _check_text(data, path, exercise)
    return data


def _check_text(data: bytes, path: Path, exercise: str) -> None:
    if not data.strip():
        raise TutorError(f"{path} is empty. {_afresh(exercise)}")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TutorError(
            f"{path} is not UTF-8 (byte 0x{data[error.start]:02x} in line {line}). Save it as UTF-8 in your editor."
        ) from None
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise TutorError(f"{path} holds a zero byte in line {line}: it is no Python text. {_afresh(exercise)}")


def _afresh(exercise: str) -> str:
    return f"`tutor reset {exercise}` puts a fresh stub there; `tutor history {exercise}` lists what you had checked."
