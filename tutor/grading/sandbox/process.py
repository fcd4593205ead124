"""What every system has to separate a process from the others: session, streams, descriptors, limits of the kernel."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from pathlib import Path

from tutor.grading.sandbox import kernel
from tutor.model import Limits

_DESCRIPTORS = 256


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent dies; elsewhere the closed connection has to do."""
    if not kernel.LINUX:
        return
    with contextlib.suppress(OSError, AttributeError):
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the kernel was told
        os._exit(1)


def own_session() -> None:
    """Leave the terminal's process group, so that ctrl+c there is not meant for us and a group can be killed."""
    with contextlib.suppress(OSError, AttributeError):
        os.setsid()


def become_subreaper() -> None:
    """Have what orphaned processes leave behind come to this one. Linux only."""
    with contextlib.suppress(OSError):
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)


def redirect_input() -> None:
    """Read from nowhere."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


def redirect(output: socket.socket | None) -> None:
    """Close stdin; send stdout and stderr, C level included, to `output` or nowhere."""
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    target = null if output is None else output.fileno()
    for number in (1, 2):
        os.dup2(target, number)
    os.close(null)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115  for as long as the process lives
    # Written through at once: a killed process flushes nothing.
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(write_through=True)


def close_descriptors(keep: tuple[int, ...]) -> None:
    """Close every descriptor but these."""
    limit = 1 << 16
    with contextlib.suppress(OSError, ValueError, AttributeError):
        limit = min(os.sysconf("SC_OPEN_MAX"), limit)
    start = 0
    for number in (*sorted(keep), limit):
        if start < number:  # an empty range closes everything on Python 3.11
            os.closerange(start, number)
        start = number + 1


def set_limits(limits: Limits) -> None:
    """Set the kernel's limits on this process. What cannot be set is found out by `trying`."""
    cpu = max(1, int(limits.cpu_seconds))
    wanted = [
        ("RLIMIT_CPU", cpu, cpu + 2),  # a SIGXCPU that is ignored is followed by a SIGKILL
        ("RLIMIT_DATA", limits.memory, limits.memory),  # RLIMIT_AS would count what torch only reserves
        ("RLIMIT_FSIZE", limits.file_size, limits.file_size),
        ("RLIMIT_CORE", 0, 0),
        ("RLIMIT_NOFILE", _DESCRIPTORS, _DESCRIPTORS),
    ]
    with contextlib.suppress(ImportError):  # Windows has none
        for name, soft, hard in wanted:
            _limit(name, soft, hard)


def limit_tasks(count: int) -> None:
    """Limit the processes and threads of this user, all together: for where nothing refuses new processes."""
    with contextlib.suppress(ImportError):
        _limit("RLIMIT_NPROC", count, count)


def _limit(name: str, soft: int, hard: int) -> None:
    import resource

    number = getattr(resource, name, None)
    if number is None:
        return
    _, most = resource.getrlimit(number)
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(number, (soft, hard))


def limit_memory(count: int) -> None:
    """Limit this process's memory alone; another call may raise the limit again."""
    with contextlib.suppress(ImportError, OSError, ValueError, AttributeError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (count, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def tasks_of_user() -> int:
    """Count the threads this user runs: the kernel's limit is one for all of them together. Root has no limit."""
    if not kernel.LINUX or os.getuid() == 0:
        return 0 if kernel.LINUX else 512
    count, me = 0, os.getuid()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                if folder.stat().st_uid == me:
                    count += sum(1 for _ in (folder / "task").iterdir())
    return count


def die_first() -> None:
    """When the whole machine runs out of memory, the kernel shall take this process."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123  one file of /proc
        score.write("1000")
