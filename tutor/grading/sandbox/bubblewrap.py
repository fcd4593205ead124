"""bubblewrap around a spawned learner process, for Linux without Landlock: it sees libraries and its scratch folder.

Needs the program `bwrap` and the right to make namespaces, and an exec for each process, so it is the second choice.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tutor.grading.sandbox import kernel, landlock, paths

_OPTIONS = ("--unshare-all", "--die-with-parent", "--new-session", "--proc", "/proc", "--dev", "/dev")


@functools.cache
def available() -> bool:
    """Tell whether it is installed and may do its work, by having it run something."""
    if not kernel.LINUX or shutil.which("bwrap") is None:
        return False
    attempt = ["bwrap", *_OPTIONS, "--ro-bind", "/", "/", sys.executable, "-I", "-c", "pass"]
    try:
        return subprocess.run(attempt, capture_output=True, timeout=20, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def wanted() -> bool:
    """Tell whether it would guard files here that nothing else does."""
    return kernel.LINUX and not landlock.version() and available()


def command(inner: Sequence[str], scratch: str, package: Path) -> list[str]:
    """Give the command that runs another one with nothing but libraries, `package` without its course, and scratch."""
    bound: list[str] = []
    for path, rights in paths.libraries((package / "_course",), Path(sys.prefix), Path(sys.base_prefix), package):
        own = path.parts[1] in ("dev", "proc")  # it has its own of these
        if rights == landlock.READ and not own and path.exists():  # folders to list come into being with their entries
            bound += ["--ro-bind", str(path), str(path)]
    for link in (Path("/lib"), Path("/lib64")):  # on most systems, links into /usr
        if link.is_symlink():
            bound += ["--symlink", str(link.readlink()), str(link)]
    return ["bwrap", *_OPTIONS, *bound, "--bind", scratch, scratch, "--remount-ro", "/", "--chdir", scratch, *inner]


def inside() -> str:
    """Say so from inside; raises OSError elsewhere. The first process of its namespace is bubblewrap itself."""
    if os.getppid() not in (0, 1) or Path("/proc/1/comm").read_text().strip() != "bwrap":
        raise OSError("not in bubblewrap")
    return ""
