"""Where data files lie: the folder named by TUTOR_DATA (original files, read only), then the user's cache."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from tutor.paths import user_folder
from tutor.training.data.catalogue import RemoteFile, Source


def cache_folder() -> Path:
    """Where downloads are kept."""
    return user_folder("cache") / "data"


def originals_folder() -> Path | None:
    """The folder of original files that a classroom or a test names."""
    named = os.environ.get("TUTOR_DATA")
    return Path(named).expanduser() if named else None


def locate(file: RemoteFile) -> Path | None:
    """The file if it is here with its right size. Its checksum was verified when it was downloaded."""
    for folder in (originals_folder(), cache_folder()):
        path = folder / file.path if folder is not None else None
        if path is not None and path.is_file() and path.stat().st_size == file.size:
            return path
    return None


def available(source: Source) -> bool:
    """True for embedded sources that can be read, and for others when all their files are here."""
    return source.readable and all(locate(file) is not None for file in source.files)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
