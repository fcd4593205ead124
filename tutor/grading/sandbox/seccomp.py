"""The system calls a learner process may make: a filter of the kernel, for this process and for good.

An allow list. What no list names fails with ENOSYS, so that a library falls back on something older; what is refused on
purpose fails with EPERM or EACCES, so that the learner reads a sentence. Nothing kills but a call of a foreign machine.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import struct
from collections.abc import Iterable

from tutor.grading.sandbox import kernel, syscalls

Instruction = tuple[int, int, int, int]
"""Code, jump if true, jump if false, constant: `struct sock_filter`."""

_LOAD, _AND, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32 = 0x40000000
_OTHER_THREADS = 1

_EPERM, _EACCES, _ENOSYS = _ERRNO | errno.EPERM, _ERRNO | errno.EACCES, _ERRNO | errno.ENOSYS

_THREAD = 0x00010000
_NEVER = 0x0002A000 | 0x00800000 | 0x7E000000
"""Tracing, another parent, and every namespace."""
_SHARED = (0x21, 0x23)
"""Shared memory without a file, which no limit counts; as for stacks that grow downwards."""
_PRCTL = (2, 3, 15, 16, 21, 23, 27, 30, 39, 0x53564D41)
"""Asking, and naming threads and memory; not: outliving the parent, being traced, changing privileges."""
_FCNTL = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1032, 1034)
"""Descriptors and locks; not: who gets which signal (SETOWN, SETSIG), leases, watching folders."""
_IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""Asking about a terminal and what can be read, blocking, closing on exec."""
_IOCTL_NEVER = (0x5412, 0x541C, 0x540E, 0x8901, 0x8902, 0x5452)
"""With devices: typing into terminals, taking them over, signals to others."""


def prepare() -> None:
    """Write the part of the filter that is always the same, ahead of time."""
    if kernel.machine():
        _packed_by_name(kernel.machine())


def install(pid: int, *, devices: bool = False) -> None:
    """Put the filter in force in all threads of this process, whose number is `pid`. Raises OSError.

    `no_new_privs` must be set. `devices`: allow what drivers of graphics cards need.
    """
    machine = kernel.machine()
    if not machine:
        raise kernel.MissingError("the numbers of system calls are known on x86-64 and aarch64 only")
    code = _packed(_head(machine)) + _packed(_by_arguments(machine, pid, devices)) + _packed_by_name(machine)
    filters = ctypes.create_string_buffer(code, len(code))
    wanted = _Program(len(code) // 8, ctypes.cast(filters, ctypes.c_void_p))
    failed = kernel.call("seccomp", 1, _OTHER_THREADS, ctypes.byref(wanted))
    if failed:
        raise OSError(errno.ESRCH, f"thread {failed} could not be filtered")


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


def program(machine: str, pid: int, *, devices: bool = False) -> list[Instruction]:
    """Give the whole filter."""
    return [*_head(machine), *_by_arguments(machine, pid, devices), *_by_name(machine)]


def _head(machine: str) -> list[Instruction]:
    out: list[Instruction] = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, _AUDIT[machine]), _give(_KILL)]
    out.append((_LOAD, 0, 0, _NUMBER))
    if machine == "x86_64":
        out += [(_AT_LEAST, 0, 1, _X32), _give(_ENOSYS)]
    return out


def _packed(instructions: list[Instruction]) -> bytes:
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in instructions)


@functools.cache
def _packed_by_name(machine: str) -> bytes:
    return _packed(_by_name(machine))


def _by_name(machine: str) -> list[Instruction]:
    out: list[Instruction] = []
    tables = ((syscalls.ALLOWED, _ALLOW), (syscalls.REFUSED, _EPERM), (syscalls.NETWORK, _EACCES))
    for table, result in tables:
        for number in syscalls.numbers(table, machine).values():
            out += [(_EQUAL, 0, 1, number), _give(result)]
    return [*out, _give(_ENOSYS)]


def _by_arguments(machine: str, pid: int, devices: bool) -> list[Instruction]:
    numbers = syscalls.numbers(syscalls.TESTED, machine)
    out: list[Instruction] = []
    for name, body in _bodies(pid, devices).items():
        assert len(body) < 256, name
        out += [(_EQUAL, 0, len(body), numbers[name]), *body]
    return out


def _bodies(pid: int, devices: bool) -> dict[str, list[Instruction]]:
    """Give the instructions for each call whose arguments count; each ends by giving a result."""
    itself = _one_of(0, (pid,))
    return {
        "clone": [*_argument(0), (_AND, 0, 0, _THREAD | _NEVER), *_if(_THREAD, _ALLOW), _give(_EPERM)],
        "mmap": [_give(_ALLOW)] if devices else _private_memory(),
        "kill": itself,
        "tgkill": itself,
        "prctl": _one_of(0, _PRCTL),
        "prlimit64": _one_of(0, (0, pid)),
        "sched_setaffinity": _one_of(0, (0, pid)),
        "fcntl": _one_of(1, _FCNTL),
        "ioctl": _none_of(1, _IOCTL_NEVER) if devices else _one_of(1, _IOCTL),
        "sendto": _no_address(),
        "socketpair": _connected_pair(),
    }


def _private_memory() -> list[Instruction]:
    kind: list[Instruction] = [*_argument(3), (_AND, 0, 0, 0x2F)]
    for shared in _SHARED:
        kind += _if(shared, _EPERM)
    downwards: list[Instruction] = [*_argument(3), (_AND, 0, 0, 0x100), *_if(0, _ALLOW), _give(_EPERM)]
    return [*kind, *downwards]


def _no_address() -> list[Instruction]:
    low, high = _argument(4), _argument(4, high=True)
    return [*low, (_EQUAL, 1, 0, 0), _give(_EACCES), *high, *_if(0, _ALLOW), _give(_EACCES)]


def _connected_pair() -> list[Instruction]:
    """Streams between the two ends only: a datagram socket could be pointed elsewhere later."""
    family, kind = _argument(0), _argument(1)
    return [*family, (_EQUAL, 1, 0, 1), _give(_EACCES), *kind, (_AND, 0, 0, 0xF), *_if(1, _ALLOW), _give(_EACCES)]


def _argument(index: int, *, high: bool = False) -> list[Instruction]:
    return [(_LOAD, 0, 0, _ARGUMENTS + 8 * index + 4 * high)]


def _if(value: int, result: int) -> list[Instruction]:
    return [(_EQUAL, 0, 1, value), _give(result)]


def _give(result: int) -> Instruction:
    return (_RETURN, 0, 0, result)


def _one_of(index: int, values: Iterable[int]) -> list[Instruction]:
    return [*_argument(index), *(i for value in values for i in _if(value, _ALLOW)), _give(_EPERM)]


def _none_of(index: int, values: Iterable[int]) -> list[Instruction]:
    return [*_argument(index), *(i for value in values for i in _if(value, _EPERM)), _give(_ALLOW)]
