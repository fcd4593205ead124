"""The one folder a learner process may write to."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path


def make_scratch() -> str:
    """Make it; its name says whose it is."""
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


def overfull(path: str, most: int, files: int) -> bool:
    """Tell whether everything in it together is beyond `most` bytes or `files` entries."""
    total = count = 0
    waiting = [path]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    count += 1
                    status = entry.stat(follow_symlinks=False)
                    total += status.st_blocks * 512 if hasattr(status, "st_blocks") else status.st_size
                    if count > files or total > most:
                        return True
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:
            continue
    return False
