"""Finds the workspace a command is meant for. Loads nothing else of the program, because `tutor list` waits for it."""

from __future__ import annotations

from pathlib import Path

from tutor.paths import user_folder


def find_workspace(start: Path) -> Path | None:
    """The workspace that holds this folder, else the one used last, else None."""
    start = start.absolute()
    for folder in (start, *start.parents):
        if is_workspace(folder):
            return folder
    last = last_used()
    return last if last and is_workspace(last) else None


def is_workspace(folder: Path) -> bool:
    """True when this folder was made a workspace."""
    return (folder / ".tutor" / "workspace.toml").is_file()


def last_used() -> Path | None:
    """The workspace that was opened last; it may be gone."""
    try:
        last = Path(last_used_file().read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return None
    return last if last.is_absolute() else None


def last_used_file() -> Path:
    """Where the last used workspace is remembered."""
    return user_folder("config") / "last-workspace"
