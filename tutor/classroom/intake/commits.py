"""When a git clone's last commit was made, asked without letting the clone's own settings run anything.

git obeys the configuration inside a repository, which came from the student; so an empty repository of ours is asked,
with the student's objects lent to it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_COMMITTER = re.compile(rb"^committer .*> (\d+) ([+-])(\d\d)(\d\d)$", re.MULTILINE)
_SECONDS = 10


def last_commit(folder: Path) -> tuple[str, datetime] | None:
    """Give hash and date of what is checked out; None without git or when it cannot be told.

    The date is the student's word: it was written by their machine.
    """
    git = folder / ".git"
    if git.is_symlink() or not git.is_dir() or shutil.which("git") is None:
        return None
    commit = _head(git)
    if commit is None:
        return None
    match = _COMMITTER.search(_ask(git, commit))
    if match is None:
        return None
    offset = timedelta(hours=int(match[3]), minutes=int(match[4]))
    zone = timezone(-offset if match[2] == b"-" else offset)
    try:
        return commit, datetime.fromtimestamp(int(match[1]), zone)
    except (OverflowError, ValueError, OSError):
        return None


def _head(git: Path) -> str | None:
    text = _small(git / "HEAD")
    for _ in range(5):
        if not text.startswith("ref: "):
            return text if _HASH.fullmatch(text) else None
        name = text[5:].strip()
        if not name.startswith("refs/") or ".." in name:
            return None
        text = _small(git / name) or _packed(git, name)
    return None


def _small(path: Path) -> str:
    try:
        if path.is_symlink() or path.stat().st_size > 4096:
            return ""
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _packed(git: Path, name: str) -> str:
    try:
        lines = (git / "packed-refs").read_bytes()[: 4 << 20].decode("ascii", "replace").splitlines()
    except OSError:
        return ""
    return next((line.split()[0] for line in lines if line.endswith(" " + name)), "")


def _ask(git: Path, commit: str) -> bytes:
    with tempfile.TemporaryDirectory() as empty:
        clean = {"PATH": os.environ.get("PATH", ""), "HOME": empty, "GIT_CONFIG_NOSYSTEM": "1"}
        objects = {"GIT_ALTERNATE_OBJECT_DIRECTORIES": str((git / "objects").resolve())}
        kind = ["--object-format=sha256"] if len(commit) == 64 else []
        try:
            init = ["git", "init", "--quiet", "--bare", *kind, empty]
            subprocess.run(init, env=clean, check=True, capture_output=True, timeout=_SECONDS)
            done = subprocess.run(
                ["git", "--git-dir", empty, "cat-file", "commit", commit],
                env=clean | objects, check=False, capture_output=True, timeout=_SECONDS,
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError):
            return b""
        return done.stdout[:65536]
