"""Landlock: what the process may open, from now on and for good. Linux 5.13 or later; each version closes more.

Version 1 restricts reading and writing, 2 moving between folders, 3 truncating, 4 TCP, 5 ioctl on devices, 6 abstract
sockets and signals to processes outside. What it never sees (stat, chmod, UDP, new processes) is left to `seccomp`.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass

from tutor.grading.sandbox import kernel

_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_FIRST = (1 << 13) - 1
_REFER, _TRUNCATE, _IOCTL = 1 << 13, 1 << 14, 1 << 15
_MAKE_DEVICES = 1 << 6 | 1 << 11
_EXECUTE = 1 << 0
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL

READ = _READ_FILE | _READ_DIR
LIST = _READ_DIR
DEVICE = _READ_FILE | _WRITE_FILE | _IOCTL


@dataclass(frozen=True, slots=True)
class Access:
    """What may be done at a path and below."""

    path: str
    rights: int


class _Attributes(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("rights", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def version() -> int:
    """Give the kernel's version of Landlock, 0 when there is none."""
    try:
        return kernel.call("landlock_create_ruleset", None, 0, 1)
    except OSError:
        return 0


def everything(abi: int) -> int:
    """Give all rights to files that this version knows."""
    return _FIRST | (_REFER if abi >= 2 else 0) | (_TRUNCATE if abi >= 3 else 0) | (_IOCTL if abi >= 5 else 0)


def scratch(path: str) -> Access:
    """Everything below a folder but running programs and making devices."""
    return Access(path, ~(_EXECUTE | _MAKE_DEVICES))


def restrict(allowed: Iterable[Access]) -> int:
    """Allow this and nothing else to this thread and all it will start; gives the version. Raises OSError.

    `no_new_privs` must be set. Paths that do not exist are left out.
    """
    abi = version()
    if not abi:
        raise kernel.MissingError("this kernel has no Landlock")
    attributes = _Attributes(everything(abi), 0b11 if abi >= 4 else 0, 0b11 if abi >= 6 else 0)
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    rules = kernel.call("landlock_create_ruleset", ctypes.byref(attributes), size, 0)
    try:
        for access in allowed:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
                _add(rules, access, everything(abi))
        kernel.call("landlock_restrict_self", rules, 0)
    finally:
        os.close(rules)
    return abi


def _add(rules: int, access: Access, known: int) -> None:
    place = os.open(access.path, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = access.rights & known
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _OF_FILES
        beneath = _Beneath(rights, place)
        kernel.call("landlock_add_rule", rules, 1, ctypes.byref(beneath), 0)
    finally:
        os.close(place)
