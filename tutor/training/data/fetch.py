"""Downloads a file: resumed where it was cut, verified by SHA-256, put in place in one step; never half a file.

What arrives goes to `<name>.part` beside the target, so that the next attempt, also of another day, goes on from there.
"""

from __future__ import annotations

import contextlib
import errno
import http.client
import os
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from tutor import __version__
from tutor.atomic import make_folder
from tutor.model import TutorError
from tutor.training.data.cache import cache_folder, locate, sha256_of
from tutor.training.data.catalogue import RemoteFile, Source

Progress = Callable[[RemoteFile, int], None]
"""Called with the file and how many of its bytes are here."""

_CHUNK = 1 << 16
_TRIES = 3
"""Attempts an address gets; each goes on where the one before was cut."""
_TIMEOUT = 20.0


class _WrongBytesError(Exception):
    """What arrived is not the file: a captive portal's page, a newer version, a tampered copy."""


def fetch(source: Source, progress: Progress, *, pause: float = 1.0) -> list[Path]:
    """Download what is missing of a source and return all its paths; a TutorError says what went wrong."""
    return [locate(file) or fetch_file(file, progress, pause=pause) for file in source.files]


def fetch_file(file: RemoteFile, progress: Progress, *, pause: float = 1.0) -> Path:
    """Download one file through its addresses in turn."""
    target = cache_folder() / file.path
    make_folder(target.parent)
    part = target.with_name(target.name + ".part")
    _need_room(file, target.parent, part)
    problems: list[str] = []
    with _alone(part):
        for url in (*_own_mirror(file), *file.urls):
            try:
                _download(url, file, part, progress, pause)
                part.replace(target)
            except _WrongBytesError as wrong:
                part.unlink(missing_ok=True)
                problems.append(f"{_host(url)}: {wrong}")
            except (OSError, http.client.HTTPException) as error:
                _raise_if_disk(error, target.parent)
                problems.append(f"{_host(url)}: {_reason(error)}")
            else:
                return target
    raise TutorError(f"{file.path} could not be downloaded ({'; '.join(problems)}). {_comfort(part)}")


def _download(url: str, file: RemoteFile, part: Path, progress: Progress, pause: float) -> None:
    """Try one address a few times, then verify. Raises what the last attempt raised."""
    for attempt in range(_TRIES):
        try:
            if not part.exists() or part.stat().st_size < file.size:
                _receive(url, file, part, progress)
            if part.stat().st_size == file.size:
                break
            raise http.client.IncompleteRead(b"", file.size - part.stat().st_size)
        except urllib.error.HTTPError:
            raise  # the server has answered: asking again changes nothing
        except (OSError, http.client.HTTPException) as error:
            if attempt == _TRIES - 1 or isinstance(error, urllib.error.URLError) or _is_disk(error):
                raise
            time.sleep(pause * 2**attempt)
    digest = sha256_of(part)
    if digest != file.sha256:
        raise _WrongBytesError(f"the checksum is wrong (SHA-256 {digest[:12]}…, expected {file.sha256[:12]}…)")


def _receive(url: str, file: RemoteFile, part: Path, progress: Progress) -> None:
    """One request: append to what is here where the server can go on from there, else start over."""
    have = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": f"dl-tutor/{__version__}", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:
        goes_on = answer.status == 206 and (answer.headers.get("Content-Range") or "").startswith(f"bytes {have}-")
        if answer.status == 206 and not goes_on:
            raise _WrongBytesError("the server answered with another part of the file than was asked for")
        with part.open("ab" if goes_on else "wb") as out:
            _copy(answer, out, file, have if goes_on else 0, progress)


def _copy(answer: IO[bytes], out: IO[bytes], file: RemoteFile, have: int, progress: Progress) -> None:
    try:
        while chunk := answer.read(_CHUNK):
            have += len(chunk)
            if have > file.size:
                raise _WrongBytesError(f"more than the expected {file.size:,} bytes arrive")
            out.write(chunk)
            progress(file, have)
    finally:
        out.flush()
    os.fsync(out.fileno())


def _own_mirror(file: RemoteFile) -> tuple[str, ...]:
    """A mirror that an instructor runs: TUTOR_MIRROR is tried first, with the catalogue's paths below it."""
    base = os.environ.get("TUTOR_MIRROR")
    return (f"{base.rstrip('/')}/{file.path}",) if base else ()


def _need_room(file: RemoteFile, folder: Path, part: Path) -> None:
    missing = file.size - (part.stat().st_size if part.exists() else 0)
    free = shutil.disk_usage(folder).free
    if free < missing:
        raise TutorError(
            f"The disk is full: {folder} has {free / 1e6:.1f} MB free, {file.path} needs {missing / 1e6:.1f} MB."
        )


def _is_disk(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EROFS,
        errno.EACCES,
        errno.EFBIG,
    }


def _raise_if_disk(error: BaseException, folder: Path) -> None:
    if isinstance(error, OSError) and _is_disk(error):
        raise TutorError(
            f"Could not write in {folder}: {error.strerror}. Free some room there, then fetch again."
        ) from error


def _reason(error: BaseException) -> str:
    """The cause in a few words."""
    if isinstance(error, urllib.error.HTTPError):
        return f"the server answers {error.code} {error.reason}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, urllib.error.URLError):
        return f"no connection ({getattr(error.reason, 'strerror', None) or error.reason})"
    if isinstance(error, http.client.IncompleteRead | http.client.RemoteDisconnected | ConnectionError):
        return "the connection was cut"
    return str(error) or type(error).__name__


def _comfort(part: Path) -> str:
    kept = " What has arrived is kept: the next attempt goes on from there." if part.exists() else ""
    return f"Is there a network?{kept} Labs go on with their embedded data."


def _host(url: str) -> str:
    return url.split("/")[2]


@contextlib.contextmanager
def _alone(part: Path) -> Iterator[None]:
    """Two programs must not write the same half file: the second one is told so."""
    try:
        import fcntl
    except ImportError:  # Windows: replacing the target fails there while another program has the part open
        yield
        return
    with part.with_name(part.name + ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise TutorError(f"Another tutor is downloading {part.stem} right now. Wait for it.") from None
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                Path(lock.name).unlink()
