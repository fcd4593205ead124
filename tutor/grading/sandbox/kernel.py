"""The few system calls that Python has no function for. Knows how to call them; the policy is elsewhere."""

from __future__ import annotations

import ctypes
import functools
import os
import platform
import sys

from tutor.grading.sandbox import syscalls

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

LINUX = sys.platform.startswith("linux")


class MissingError(OSError):
    """This system has no such call."""


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


@functools.cache
def machine() -> str:
    """Give `x86_64`, `aarch64`, or nothing where the numbers of system calls are not known."""
    name = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine())
    return name if LINUX and name in ("x86_64", "aarch64") and sys.maxsize > 2**32 and sys.byteorder == "little" else ""


@functools.cache
def _numbers() -> dict[str, int]:
    return syscalls.numbers(syscalls.OURS, machine()) if machine() else {}


def call(name: str, *arguments: object) -> int:
    """Make a system call by name; raises OSError. Pointers are passed as ctypes pointers or None."""
    if name not in _numbers():
        raise MissingError(f"{name} is not known on this system")
    passed = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = int(_libc().syscall(ctypes.c_long(_numbers()[name]), *passed))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def prctl(option: int, value: int) -> None:
    """Change something about this process; raises OSError."""
    if not LINUX:
        raise MissingError("prctl is not known on this system")
    zero = ctypes.c_ulong(0)
    if _libc().prctl(ctypes.c_int(option), ctypes.c_ulong(value), zero, zero, zero) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl: {os.strerror(number)}")
