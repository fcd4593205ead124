"""Tries, in a process that was just closed off, whether it can do what it must not. Each attempt takes microseconds.

What is told about a sandbox is what was tried in that very process, before the first line of learner code.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

from tutor.grading.sandbox import kernel
from tutor.grading.sandbox.closing import Closing, Confinement, refuse_processes

GUARDS = ("file system", "network", "processes", "other processes", "memory", "computing time", "file size")
"""What `strict` asks for, in words for people."""


_UNREADABLE = (errno.EACCES, errno.EPERM, errno.ENOENT)


def finish_and_try(closing: Closing, confinement: Confinement) -> dict[str, object]:
    """Close this process off for good, and give what to tell of it: mode, layers, and what holds."""
    layers = closing.finish(confinement)
    found = held(confinement)
    refuse_processes()
    return {"mode": closing.mode, "layers": layers, "held": found, "counted": counted()}


def held(confinement: Confinement) -> tuple[str, ...]:
    """Give those of `GUARDS` that hold here."""
    attempts: dict[str, Callable[[Confinement], bool]] = {
        "file system": _files,
        "network": _network,
        "processes": _processes,
        "other processes": _others,
        "memory": _memory,
        "computing time": _time,
        "file size": _size,
    }
    return tuple(name for name in GUARDS if _holds(attempts[name], confinement))


def _holds(attempt: Callable[[Confinement], bool], confinement: Confinement) -> bool:
    try:
        return attempt(confinement)
    except Exception:  # an attempt that fails in an unforeseen way proves nothing
        return False


def _denied(act: Callable[[], object], *reasons: int) -> bool:
    """Tell whether it fails, and for one of these reasons."""
    try:
        act()
    except OSError as error:
        return error.errno in (reasons or (errno.EACCES, errno.EPERM))
    return False


def _files(confinement: Confinement) -> bool:
    """Neither can the machine's accounts or what is secret be opened, nor a file be made beside the scratch folder."""
    if os.name != "posix":
        return False
    if not all(map(_sealed, ("/etc/passwd", *confinement.secret))):
        return False
    beside = f"{confinement.scratch}-beside"
    try:
        return _denied(lambda: os.close(os.open(beside, os.O_CREAT | os.O_WRONLY, 0o600)), errno.EACCES, errno.EROFS)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(beside)  # noqa: PTH108  beside open and close


def _sealed(path: str) -> bool:
    """Tell whether nothing can be read of a file or folder. Names may be listed where it lies among the libraries."""
    try:
        opened = os.open(path, os.O_RDONLY)
    except OSError as error:
        return error.errno in _UNREADABLE
    try:
        return stat.S_ISDIR(os.fstat(opened).st_mode) and all(map(_sealed, _some_of(path)))
    finally:
        os.close(opened)


def _some_of(folder: str) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.path for entry in itertools.islice(entries, 3)]


def _network(_: Confinement) -> bool:
    """No socket, or one that leads nowhere. 192.0.2.1 is nobody's, and connecting with UDP sends nothing."""
    for family, address in ((socket.AF_INET, ("192.0.2.1", 9)), (getattr(socket, "AF_UNIX", None), None)):
        if family is None:
            continue
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as sock:
                if address is None:  # files and other processes could be reached through it
                    return False
                sock.connect(address)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EPERM, errno.ENETUNREACH):
                continue
        return False
    return True


def _processes(_: Confinement) -> bool:
    if not hasattr(os, "fork"):
        return False
    try:
        child = os.fork()
    except OSError:
        return True
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return False


def _others(_: Confinement) -> bool:
    """The parent cannot be signalled."""
    return os.name == "posix" and _denied(lambda: os.kill(os.getppid(), 0))


def _memory(confinement: Confinement) -> bool:
    import mmap

    flags = getattr(mmap, "MAP_PRIVATE", 0) | getattr(mmap, "MAP_ANONYMOUS", 0)
    if not flags:
        return False
    try:
        mmap.mmap(-1, confinement.limits.memory, flags).close()
    except OSError as error:
        return error.errno == errno.ENOMEM
    return False


def _time(confinement: Confinement) -> bool:
    """Read back: the kernel counts whole seconds, too long to wait for."""
    import resource

    return resource.getrlimit(resource.RLIMIT_CPU)[0] <= max(1, int(confinement.limits.cpu_seconds))


def _size(confinement: Confinement) -> bool:
    probe = Path(confinement.scratch) / "size"
    place = os.open(probe, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        return _denied(lambda: os.ftruncate(place, confinement.limits.file_size + 1), errno.EFBIG)
    finally:
        os.close(place)
        probe.unlink()


def counted() -> bool:
    """Tell whether a grader can count here what a process has started, where the kernel sets no limit."""
    return kernel.LINUX and Path(f"/proc/self/task/{os.getpid()}/children").exists()
