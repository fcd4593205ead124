"""A submission's files as names and bytes, from a folder or an archive, without trusting either.

Nothing is unpacked to the disk and no link is followed, so a path can lead nowhere. Everything is counted: entries,
bytes of a file, bytes in all. What is wrong with an archive as a whole is an `UnreadableError` with a sentence.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, cast

MAX_ENTRIES = 10_000
MAX_FILE = 4 << 20
MAX_NOTEBOOK = 32 << 20
"""Plots are stored in them."""
MAX_ARCHIVE = 64 << 20
MAX_CLASS = 2 << 30
"""The archive of a whole class."""
MAX_TOTAL = 256 << 20
MAX_DEPTH = 12
CODE = (".py", ".ipynb")
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
_OTHER_ARCHIVES = (".rar", ".7z", ".gz", ".xz", ".bz2", ".zst")
_SKIPPED = {"__pycache__", "__macosx", "node_modules", "site-packages"}


class UnreadableError(Exception):
    """Why a file or an archive cannot be read, as a sentence."""


class SpentError(UnreadableError):
    """There is too much of it: nothing further is read."""


@dataclass(frozen=True, slots=True)
class File:
    """One file: its path inside the submission, and its content."""

    path: PurePosixPath
    data: bytes
    at: datetime | None = None
    """When it was changed last; only as good as whoever wrote it."""
    problem: str = ""
    """Why there is no content, without a full stop; the other files of the submission may still be good."""
    minor: bool = False
    """The problem matters only where nothing else was handed in."""


@dataclass(slots=True)
class Budget:
    """What may still be read of one submission or one class."""

    entries: int = field(default_factory=lambda: MAX_ENTRIES)
    total: int = field(default_factory=lambda: MAX_TOTAL)

    def entry(self) -> None:
        """Count one entry."""
        self.entries -= 1
        if self.entries < 0:
            raise SpentError(f"it holds more than {MAX_ENTRIES:,} files and folders")

    def bytes(self, count: int) -> None:
        """Count some bytes."""
        self.total -= count
        if self.total < 0:
            raise SpentError(f"it unpacks to more than {MAX_TOTAL >> 20} MB")


def is_archive(name: str) -> bool:
    """Tell by its name whether this is an archive that can be read."""
    return name.lower().endswith(ARCHIVES)


def is_other_archive(name: str) -> bool:
    """Tell by its name whether this is an archive that cannot be read."""
    return name.lower().endswith(_OTHER_ARCHIVES) and not is_archive(name)


def wanted(path: PurePosixPath) -> bool:
    """Code and archives, outside of caches, hidden folders and our own backups."""
    name = path.name.lower()
    return not _passed_over(path) and (name.endswith(CODE) or is_archive(name) or is_other_archive(name))


def _passed_over(path: PurePosixPath) -> bool:
    folders = path.parts[:-1]
    return any(part.startswith(".") or part.lower() in _SKIPPED for part in folders) or path.name.startswith(".")


def useless(path: PurePosixPath) -> File:
    """What stands for a file that nobody can grade, such as a PDF: somebody did hand something in."""
    return File(path, b"", problem=f"{path.name} is no Python file, notebook or archive", minor=True)


def safe_path(name: str) -> PurePosixPath | None:
    """A member's name as a relative path; None for one that would lead out of the archive."""
    path = PurePosixPath(name.replace("\\", "/"))
    parts = [part for part in path.parts if part not in (".", "")]
    if path.is_absolute() or ".." in parts or not parts or ":" in parts[0] or len(parts) > MAX_DEPTH:
        return None
    return PurePosixPath(*parts)


# --- folders -------------------------------------------------------------------------------------------------------


def in_folder(root: Path, budget: Budget) -> Iterator[File]:
    """The wanted files below a folder, in the order of their names; links and special files are passed over."""
    yield from _walk(root, PurePosixPath(), budget)


def _walk(folder: Path, prefix: PurePosixPath, budget: Budget) -> Iterator[File]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise UnreadableError(f"the folder {folder.name} cannot be opened: {error.strerror or error}") from error
    for entry in entries:
        budget.entry()
        path = prefix / entry.name
        if entry.is_dir(follow_symlinks=False):
            if wanted(path / "x.py") and len(path.parts) < MAX_DEPTH:
                yield from _walk(Path(entry.path), path, budget)
        elif entry.is_file(follow_symlinks=False) and wanted(path):
            yield _read_or_told(Path(entry.path), path, budget)


def _read_or_told(file: Path, path: PurePosixPath, budget: Budget) -> File:
    try:
        return read_file(file, path, budget)
    except SpentError:
        raise
    except UnreadableError as error:
        return File(path, b"", problem=str(error))


def read_file(file: Path, path: PurePosixPath, budget: Budget, *, limit: int | None = None) -> File:
    """Read an ordinary file, not through a link; raises UnreadableError."""
    limit = limit or _limit(path)
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        number = os.open(file, flags)
    except OSError as error:
        raise UnreadableError(f"{path} cannot be opened: {error.strerror or error}") from error
    with os.fdopen(number, "rb") as stream:
        info = os.fstat(number)
        if not stat.S_ISREG(info.st_mode):
            raise UnreadableError(f"{path} is no ordinary file")
        data = stream.read(limit + 1)
    _check_size(path, len(data), limit)
    budget.bytes(len(data))
    return File(path, data, datetime.fromtimestamp(max(0.0, info.st_mtime), UTC))


def _limit(path: PurePosixPath) -> int:
    if is_archive(path.name):
        return MAX_ARCHIVE
    return MAX_NOTEBOOK if path.suffix.lower() == ".ipynb" else MAX_FILE


def _check_size(path: PurePosixPath, size: int, limit: int) -> None:
    if size > limit:
        raise UnreadableError(f"{path} has more than {limit >> 20} MB")


# --- archives ------------------------------------------------------------------------------------------------------


def in_archive(data: bytes, name: str, budget: Budget, *, everything: bool = False) -> Iterator[File]:
    """The wanted files of an archive, whatever its name says it is; raises UnreadableError.

    With `everything`, the other files too, as names without content.
    """
    try:
        if data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
            yield from _in_zip(data, budget, everything=everything)
        else:
            yield from _in_tar(data, budget, everything=everything)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError) as error:
        raise UnreadableError(f"{name} is damaged or no archive ({str(error) or type(error).__name__})") from error
    except (NotImplementedError, ValueError, UnicodeError, OverflowError, IndexError) as error:
        raise UnreadableError(f"{name} cannot be read ({str(error) or type(error).__name__})") from error


def _in_zip(data: bytes, budget: Budget, *, everything: bool) -> Iterator[File]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        for info in members:
            budget.entry()
            path = safe_path(info.filename)
            kind = stat.S_IFMT(info.external_attr >> 16)
            if path is None or info.is_dir() or kind not in (0, stat.S_IFREG):
                continue
            if not wanted(path):
                yield from [useless(path)] if everything and not _passed_over(path) else ()
                continue
            if info.flag_bits & 1:
                raise UnreadableError("the archive is encrypted; ask for one without a password")
            with archive.open(info) as stream:
                yield _capped(stream, path, budget, _zip_time(info))


def _zip_time(info: zipfile.ZipInfo) -> datetime | None:
    try:
        return datetime(*info.date_time, tzinfo=UTC)
    except ValueError:
        return None


def _capped(stream: IO[bytes], path: PurePosixPath, budget: Budget, at: datetime | None) -> File:
    limit = _limit(path)
    data = stream.read(limit + 1)
    budget.bytes(len(data))
    try:
        _check_size(path, len(data), limit)
    except UnreadableError as error:
        return File(path, b"", problem=str(error))
    return File(path, data, at)


class _Counted(io.RawIOBase):
    """A stream that ends the reading of a bomb: every byte that is unpacked counts, also of what is passed over."""

    def __init__(self, stream: IO[bytes], budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size if 0 <= size <= 1 << 20 else 1 << 20)
        self._budget.bytes(len(data))
        return data


def _in_tar(data: bytes, budget: Budget, *, everything: bool) -> Iterator[File]:
    unpacked = Budget(entries=budget.entries, total=max(MAX_TOTAL, budget.total))
    stream = cast("IO[bytes]", _Counted(_unpacked(data), unpacked))
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            budget.entry()
            path = safe_path(member.name)
            if path is None or not member.isreg():
                continue
            if not wanted(path):
                yield from [useless(path)] if everything and not _passed_over(path) else ()
                continue
            content = archive.extractfile(member)
            if content is not None:
                at = datetime.fromtimestamp(min(max(0, int(member.mtime)), 2**33), UTC)
                yield _capped(content, path, budget, at)


def _unpacked(data: bytes) -> IO[bytes]:
    raw = io.BytesIO(data)
    if data[:2] == b"\x1f\x8b":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=raw))
    if data[:3] == b"BZh":
        return cast("IO[bytes]", bz2.BZ2File(raw))
    if data[:6] == b"\xfd7zXZ\x00":
        return cast("IO[bytes]", lzma.LZMAFile(raw))
    return raw
