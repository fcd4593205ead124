"""Closes a process off before learner code runs in it: the one place for everything of that sort.

Now: a session of its own, death with the parent, resource limits, a short environment, an empty scratch folder, stdin
closed, no descriptors but its own, no new processes from Python. File system and network isolation will go here too.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tutor.model import Limits

_PR_SET_PDEATHSIG = 1
_KEPT = (
    "PATH",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "SYSTEMROOT",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "CUDA_VISIBLE_DEVICES",
)
_PROCESS_EVENTS = (
    "os.fork",
    "os.forkpty",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "subprocess.Popen",
    "pty.spawn",
)


@dataclass(frozen=True, slots=True)
class Confinement:
    """What one learner process may use and where it may write."""

    limits: Limits
    scratch: str
    keep: tuple[int, ...] = ()
    """Descriptors that stay open beside stdout and stderr."""


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent dies; elsewhere the closed connection has to do."""
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the kernel was told
        os._exit(1)


def own_session() -> None:
    """Leave the terminal's process group, so that ctrl+c there is not meant for us and a group can be killed."""
    with contextlib.suppress(OSError, AttributeError):
        os.setsid()


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


def close(confinement: Confinement) -> None:
    """Close this process off. Cannot be undone."""
    _environment(confinement.scratch)
    close_descriptors((0, 1, 2, *confinement.keep))
    set_limits(confinement.limits)
    sys.addaudithook(_no_processes)


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


def _environment(scratch: str) -> None:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    os.environ.clear()
    os.environ.update(kept, HOME=scratch, TMPDIR=scratch)
    tempfile.tempdir = None
    with contextlib.suppress(OSError):
        os.chdir(scratch)


def set_limits(limits: Limits) -> None:
    """Set the kernel's limits on this process. What cannot be set is found out by `tutor.grading.limits`."""
    try:
        import resource
    except ImportError:  # Windows
        return
    cpu = max(1, int(limits.cpu_seconds))
    wanted = [
        ("RLIMIT_CPU", cpu, cpu + 2),  # a SIGXCPU that is ignored is followed by a SIGKILL
        ("RLIMIT_DATA", limits.memory, limits.memory),  # RLIMIT_AS would count what torch only reserves
        ("RLIMIT_FSIZE", limits.file_size, limits.file_size),
        ("RLIMIT_CORE", 0, 0),
        ("RLIMIT_NPROC", limits.processes + _tasks_of_user(), 0),
    ]
    for name, soft, hard in wanted:
        number = getattr(resource, name, None)
        if number is None:
            continue
        _, most = resource.getrlimit(number)
        hard = hard or soft
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(number, (soft, hard))


def limit_memory(count: int) -> None:
    """Limit this process's memory alone."""
    with contextlib.suppress(ImportError, OSError, ValueError, AttributeError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (count, count))


def _tasks_of_user() -> int:
    """Count the threads this user runs: the kernel's limit is one for all of them together. Root has no limit."""
    if not sys.platform.startswith("linux") or os.getuid() == 0:
        return 0 if sys.platform.startswith("linux") else 512
    count, me = 0, os.getuid()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                if folder.stat().st_uid == me:
                    count += sum(1 for _ in (folder / "task").iterdir())
    return count


def _no_processes(event: str, _arguments: object) -> None:
    if event in _PROCESS_EVENTS:
        raise PermissionError("starting another process is not allowed here")


def make_scratch() -> str:
    """Make the one folder a learner process may write to; its name says whose it is."""
    return tempfile.mkdtemp(prefix=f"tutor-{os.getpid()}-")


def sweep_scratch() -> None:
    """Remove the folders of servers that were killed and could not do it themselves."""
    if os.name == "nt":  # there, signal 0 would end the process that is asked for
        return
    for path in Path(tempfile.gettempdir()).glob("tutor-[0-9]*-*"):
        owner = path.name.split("-")[1]
        try:
            os.kill(int(owner), 0)
        except ProcessLookupError:
            remove_scratch(str(path))
        except (OSError, ValueError):  # somebody else's process, or no number
            continue


def remove_scratch(path: str) -> None:
    """Remove it, whatever was put there."""
    shutil.rmtree(path, ignore_errors=True)


def server_environment() -> dict[str, str]:
    """Give the environment of the warm server: nothing of the user's secrets is inherited by what it forks."""
    wanted = (
        *_KEPT,
        "HOME",
        "TMPDIR",
        "TEMP",
        "TMP",
        "LD_LIBRARY_PATH",
        "VIRTUAL_ENV",
        "PYTHONPATH",
        "PYTHONHOME",
        "TUTOR_HOME",
        "TUTOR_GRADING_LOG",
    )
    kept = {name: os.environ[name] for name in wanted if name in os.environ}
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR")}
    return {**kept, **threads, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTORCH_NVML_BASED_CUDA_CHECK": "1"}
