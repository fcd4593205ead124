"""The learner's file as the app sees it: what was read, what is on disk now, and safe saving.

Owns the comparison of three texts: in the editor, as last read or saved, and on disk. Never overwrites a change that
was made elsewhere unless told to, and then hands out that version so that it can be kept. Knows no widget.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tutor.model import TutorError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Stamp = tuple[int, int, int]
"""(mtime_ns, size, inode): cheap to look at twice a second, on network drives too."""

Change = Literal["none", "changed", "gone"]

LARGEST = 512 << 10
"""Bytes. Beyond it an editor made for exercises would be slow; the external editor is not."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why the file cannot be edited here, as a sentence."""

    sentence: str


class Buffer:
    """One file. `text` always has Unix line ends; the file's own line ends are kept on saving."""

    def __init__(self, path: Path, write: Callable[[bytes], None]) -> None:
        self.path = path
        self.text = ""
        self.problem: Unreadable | None = None
        self._write = write
        self._newline = "\n"
        self._mark = ""
        self._stamp: Stamp | None = None
        self._digest = ""

    def load(self) -> str:
        """Read the file; when that is impossible `problem` says why and the text is empty."""
        self._stamp = self._look()
        try:
            data = self._read()
            self.text = self._decode(data)
            self.problem = None
        except TutorError as error:
            self.text, self.problem, data = "", Unreadable(str(error)), b""
        self._digest = _digest(data)
        return self.text

    def outside(self) -> Change:
        """What happened to the file since it was last read or saved here."""
        stamp = self._look()
        if stamp == self._stamp:
            return "none"
        if stamp is None:
            self._stamp = stamp
            return "gone"
        try:
            data = self._read()
        except TutorError:
            self._stamp = stamp
            return "changed"
        if _digest(data) == self._digest:
            self._stamp = stamp  # touched, or saved with the same content
            return "none"
        return "changed"

    def their_text(self) -> str:
        """The text on disk now, for comparison; raises TutorError."""
        return self._decode(self._read())

    def keep_mine(self) -> bytes:
        """Accept that the next save replaces what is on disk now; returns that, so that it can be kept."""
        self._stamp = self._look()
        try:
            data = self._read()
        except TutorError:
            data = b""
        self._digest = _digest(data)
        return data

    def save(self, text: str) -> None:
        """Write the text in one step; raises TutorError, and then the file is as it was."""
        data = (self._mark + text.replace("\n", self._newline)).encode("utf-8")
        self._write(data)
        self.text, self.problem = text, None
        self._stamp, self._digest = self._look(), _digest(data)

    def _look(self) -> Stamp | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return (found.st_mtime_ns, found.st_size, found.st_ino)

    def _read(self) -> bytes:
        name = self.path.name
        if self.path.is_dir():
            raise TutorError(
                f"{name} is a folder, not a file. Move it away, then choose “Start over” for a fresh stub."
            )
        try:
            if self.path.stat().st_size > LARGEST:
                raise TutorError(f"{name} is larger than {LARGEST >> 10} KiB; edit it in your own editor with ctrl+o.")
            return self.path.read_bytes()
        except FileNotFoundError:
            raise TutorError(f"{name} is gone. “Start over” in the palette (ctrl+p) brings a fresh stub.") from None
        except OSError as error:
            raise TutorError(f"{name} cannot be read: {error.strerror or error}.") from error

    def _decode(self, data: bytes) -> str:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise TutorError(
                f"{self.path.name} is not UTF-8 text (line {line}); save it as UTF-8 in your own editor with ctrl+o."
            ) from error
        self._mark = "\ufeff" if text.startswith("\ufeff") else ""
        self._newline = "\r\n" if "\r\n" in text else "\n"
        return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
