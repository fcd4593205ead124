"""Where this user's own files lie (config, cache, state); everything moves below ``TUTOR_HOME`` when that is set.

Owns the three folder names, creates nothing. A dependency for twelve lines would cost every command 20 ms.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

TYPE_CHECKING = False  # importing `typing` to ask would cost each command 4 ms
if TYPE_CHECKING:
    from typing import Literal

_XDG = {"config": ".config", "cache": ".cache", "state": ".local/state"}


def user_folder(kind: Literal["config", "cache", "state"]) -> Path:
    """The folder for one kind of file; it may not exist yet."""
    if home := os.environ.get("TUTOR_HOME"):
        return Path(home).expanduser().absolute() / kind
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
        return Path(base) / "tutor" / kind
    if xdg := os.environ.get(f"XDG_{kind.upper()}_HOME"):
        return Path(xdg) / "tutor"
    return Path.home() / _XDG[kind] / "tutor"
