"""Puts this process's memory into huge pages, because a fork copies a table entry for every page. Linux 6.1 and newer.

Measured with 230 MB of imported libraries: a fork takes 2.5 ms instead of 8, its child ends 8 ms of CPU time sooner.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
from pathlib import Path

_HUGE = 2 << 20
_COLLAPSE = 25
"""MADV_COLLAPSE: now, and whatever the system's policy for huge pages is. Where it fails, forks are only slower."""


def collapse() -> None:
    """Collapse what libraries have allocated into huge pages, where the kernel can."""
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(OSError, AttributeError):
        advise = ctypes.CDLL(None).madvise
        advise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
        for start, end in _allocated():
            for place in range(-(-start // _HUGE) * _HUGE, end - _HUGE + 1, _HUGE):
                advise(place, _HUGE, _COLLAPSE)


def _allocated() -> list[tuple[int, int]]:
    """First and last address of the memory that belongs to this process alone and to no file."""
    found = []
    with Path("/proc/self/maps").open() as lines:
        for line in lines:
            place, rights, *rest = line.split()
            if rights == "rw-p" and (len(rest) < 4 or rest[3].startswith(("[heap", "[anon"))):
                start, end = (int(number, 16) for number in place.split("-"))
                found.append((start, end))
    return found
