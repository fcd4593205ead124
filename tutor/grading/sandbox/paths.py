"""What a learner process may read: the installed libraries and a few files about the machine, never what is secret.

Landlock can only allow. A secret folder below a library folder (the bundled course lies in `site-packages`) is kept out
by allowing that folder's other entries one by one.
"""

from __future__ import annotations

import functools
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tutor.grading.sandbox import landlock
from tutor.grading.sandbox.landlock import Access

_SYSTEM = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo",
    "/etc/ld.so.cache", "/etc/localtime", "/etc/timezone",
    "/dev/zero", "/dev/random", "/dev/urandom",
    "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu", "/sys/devices/system/node", "/sys/kernel/mm/transparent_hugepage",
)  # fmt: skip
"""No folder with configuration, programs, users or other processes."""

_ITSELF = ("cmdline", "comm", "fd", "limits", "maps", "smaps", "stat", "statm", "status")
"""Of /proc/self: not its memory, environment, mounts and network, nor the folders of its threads, where it is again."""

_BUNDLED = Path(__file__).parents[2] / "_course"
"""The course that comes with the program lies among the libraries."""

_CUDA = ("/dev", "/proc", "/sys", "/usr/local/cuda", "/etc/nvidia", "/run/nvidia-persistenced")
"""What drivers of graphics cards look for; the cards' own devices are writable on top."""


def allowed(scratch: str, secret: Sequence[str] = (), *, devices: bool = False) -> list[Access]:
    """Give everything a learner process may open."""
    found = _always() if not secret else _readable(tuple(secret))
    found = [*found, *(Access(f"/proc/self/{name}", landlock.READ) for name in _ITSELF)]
    found += [landlock.scratch(scratch), Access(os.devnull, landlock.DEVICE)]
    if devices:
        found += [Access(path, landlock.READ) for path in _CUDA]
        found += [Access(str(path), landlock.DEVICE) for path in Path("/dev").glob("nvidia*")]
    return found


@functools.cache
def _always() -> tuple[Access, ...]:
    """What every learner process may read, unless there is more to hide: found once, by what they are forked from."""
    return tuple(_readable(()))


def _readable(secret: tuple[str, ...]) -> list[Access]:
    hidden = [_BUNDLED, *(Path(path) for path in secret if path)]
    return [Access(str(path), rights) for path, rights in libraries(hidden)]


@functools.cache
def has_cards() -> bool:
    """Tell whether there are graphics cards that a learner process might need."""
    return any(Path("/dev").glob("nvidia*"))


def prepare() -> None:
    """Look for everything ahead of time."""
    _always()
    has_cards()


def libraries(secret: Sequence[Path], *more: Path) -> Iterator[tuple[Path, int]]:
    """Give the folders and files of installed libraries, and more, without what is secret."""
    return _expanded([*_libraries(), *more], [path.resolve() for path in secret])


@functools.cache
def _libraries() -> tuple[Path, ...]:
    """Give where Python and its libraries are installed, however they were."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    wanted = [*_SYSTEM, *(sysconfig.get_path(name) for name in names), *filter(_holds_packages, sys.path)]
    wanted += os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
    wanted += [
        str(Path(str(module.__file__)).parents[1]) for name in ("numpy", "torch") if (module := sys.modules.get(name))
    ]
    return tuple(dict.fromkeys(Path(path).resolve() for path in wanted if path))


def _holds_packages(folder: str) -> bool:
    """Tell whether a folder on Python's path is one for installed packages, not somebody's work."""
    return Path(folder).name in ("site-packages", "dist-packages", "lib-dynload") or folder.endswith(".zip")


def _expanded(folders: Iterable[Path], hidden: Sequence[Path]) -> Iterator[tuple[Path, int]]:
    for folder in folders:
        if any(folder.is_relative_to(secret) for secret in hidden):
            continue
        if not any(secret.is_relative_to(folder) for secret in hidden):
            yield folder, landlock.READ
            continue
        yield folder, landlock.LIST  # the names in it are no secret, and imports look for them
        try:
            entries = sorted(folder.iterdir())
        except OSError:
            continue
        yield from _expanded((entry for entry in entries if not entry.is_symlink()), hidden)
