"""Writing files so that a crash, a full disk or a second tutor never leaves half a file or takes a learner's work.

Owns temporary files, fsync and replacement, and the sentence for what the operating system refused. Decides nothing
about what is written where.
"""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.model import TutorError

if TYPE_CHECKING:
    from collections.abc import Iterator

REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your disk quota is used up",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.ENOTDIR: "a part of that path is a file, not a folder",
    errno.EEXIST: "there is already something with that name",
    errno.EISDIR: "it is a folder",
    errno.EMFILE: "too many files are open",
    errno.ENAMETOOLONG: "the name is too long",
    errno.ENOENT: "it does not exist",
    errno.EIO: "the disk reports an error",
}
"""What the operating system's refusals mean; only these are the user's to mend."""

_NO_LINKS = {errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EXDEV, errno.EMLINK}
"""What `os.link` says on file systems without hard links (FAT, some network drives, some containers)."""


def refusal(action: str, path: Path, error: OSError) -> TutorError:
    """What could not be done, where, and why, as a sentence. `action` reads like "write" or "make the folder"."""
    reason = REASONS.get(error.errno or 0) or error.strerror or type(error).__name__
    return TutorError(f"Could not {action} {path}: {reason}. Nothing of yours was changed.")


def make_folder(path: Path) -> None:
    """Make a folder and its parents; raises TutorError with a sentence."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal("make the folder", path, error) from error


def write_atomic(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Replace a file's content in one step: after a crash either the old or the new content is there, whole.

    A link is followed, and the file keeps its permissions. Raises TutorError; then the old content is untouched.
    What can be made again need not be `durable`: it may be lost in a power cut, and costs no wait for the disk.
    """
    target = Path(os.path.realpath(path))
    make_folder(target.parent)
    try:
        with _temporary(target, data, durable=durable) as temporary:
            with contextlib.suppress(OSError):
                temporary.chmod(target.stat().st_mode & 0o7777)
            temporary.replace(target)
        if durable:
            _sync_folder(target.parent)
    except OSError as error:
        raise refusal("write", path, error) from error


def create_new(path: Path, data: bytes) -> bool:
    """Create a file with this content, or return False when something is already there: it is never overwritten."""
    make_folder(path.parent)
    try:
        with _temporary(path, data) as temporary:
            created = link_new(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:
        raise refusal("write", path, error) from error
    return created


def link_new(source: Path, target: Path) -> bool:
    """Give a file a second name (a copy where the file system has no links); False when the name is taken."""
    try:
        os.link(source, target)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _copy_new(source, target)
    return True


def move_new(source: Path, target: Path) -> bool:
    """Rename a file unless the new name is taken; at every moment at least one of the names is there."""
    make_folder(target.parent)
    try:
        if not link_new(source, target):
            return False
        source.unlink()
    except OSError as error:
        raise refusal("move", source, error) from error
    return True


@contextlib.contextmanager
def _temporary(target: Path, data: bytes, *, durable: bool = True) -> Iterator[Path]:
    """A complete, flushed file beside the target; removed in the end if it is still there."""
    # Not tempfile: it costs every command's start, and would give the file permissions of its own.
    temporary = target.with_name(f".{target.name}.{os.urandom(6).hex()}.tutor-tmp")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        yield temporary
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _copy_new(source: Path, target: Path) -> bool:
    try:
        with target.open("xb") as file:
            file.write(source.read_bytes())
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        return False
    except OSError:
        target.unlink(missing_ok=True)
        raise
    return True


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, where the system lets a folder be flushed."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
