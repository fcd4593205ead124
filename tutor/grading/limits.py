"""What this machine enforces on a learner process, found by trying; the words are for people."""

from __future__ import annotations

import contextlib
import functools
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import tutor
from tutor.grading import sandbox
from tutor.model import Limits

NOT = "not enforced"


def enforced(limits: Limits, tried: frozenset[str] | None = None) -> dict[str, str]:
    """Give limit → what it is here, such as `{"memory": "4 GB", "network": "not enforced"}`.

    `tried` is what `try_all` found, for the server, which asks for every verdict.
    """
    tried = _tried() if tried is None else tried

    def told(name: str, value: str) -> str:
        return value if name in tried else NOT

    processes = told("processes", f"{limits.processes}")
    if processes == NOT and "counted" in tried:
        processes = f"{limits.processes}, by counting every quarter second (the kernel sets no such limit for root)"
    return {
        "wall clock": f"{limits.check_seconds:g} s a check, {limits.verdict_seconds:g} s a verdict",
        "computing time": told("cpu", f"{limits.cpu_seconds:g} s"),
        "memory": told("memory", _size(limits.memory)),
        "output": f"{_size(limits.output)} kept",
        "processes": processes,
        "file size": told("file", _size(limits.file_size)),
        "file system": NOT,
        "network": NOT,
        "dies with the grader": "yes" if sys.platform.startswith("linux") else "when its connection closes",
    }


def _size(count: int) -> str:
    for unit, size in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count} bytes"


@functools.cache
def _tried() -> frozenset[str]:
    """Try in a process of its own: this one may have threads and a large memory."""
    command = [sys.executable, "-P", "-c", _BOOT, str(Path(tutor.__file__).parents[1])]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=sandbox.server_environment())
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    return frozenset(done.stdout.split())


_BOOT = "import sys; sys.path.append(sys.argv[1]); from tutor.grading.limits import try_all; print(*try_all())"


def try_all() -> frozenset[str]:
    """Give the names of the limits that hold, each tried in a child that is small enough to hit it at once."""
    return frozenset(name for name, attempt in _ATTEMPTS.items() if _holds(attempt))


def _holds(attempt: Callable[[], bool]) -> bool:
    if not hasattr(os, "fork"):
        return False
    pid = os.fork()
    if pid == 0:
        held = False
        with contextlib.suppress(BaseException):
            held = attempt()
        os._exit(0 if held else 1)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return code == 0


def _memory() -> bool:
    sandbox.set_limits(Limits(memory=256 << 20))
    try:
        bytearray(512 << 20)
    except MemoryError:
        return True
    return False


def _cpu() -> bool:
    """Set and read back: the kernel counts whole seconds, too long to wait for."""
    import resource

    sandbox.set_limits(Limits(cpu_seconds=7))
    return resource.getrlimit(resource.RLIMIT_CPU)[0] == 7


def _file() -> bool:
    sandbox.set_limits(Limits(file_size=1 << 16))
    folder = Path(sandbox.make_scratch())
    try:
        (folder / "big").write_bytes(bytes(1 << 20))
    except OSError:
        return True
    finally:
        sandbox.remove_scratch(str(folder))
    return False


def _processes() -> bool:
    sandbox.set_limits(Limits(processes=0))
    try:
        if os.fork() == 0:
            os._exit(0)
    except OSError:
        return True
    return False


def _counted() -> bool:
    return Path(f"/proc/self/task/{os.getpid()}/children").exists()


_ATTEMPTS = {"memory": _memory, "cpu": _cpu, "file": _file, "processes": _processes, "counted": _counted}
