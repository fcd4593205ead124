"""File names for students, whatever they call themselves: readable, unique, the same on every system."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from tutor.classroom.model import Result

_RESERVED = {"con", "prn", "aux", "nul", "index", *(f"{n}{i}" for n in ("com", "lpt") for i in range(1, 10))}


def file_names(results: Iterable[Result]) -> dict[str, str]:
    """Student key → file name without ending."""
    return plain_names(result.student.key for result in results)


def plain_names(keys: Iterable[str]) -> dict[str, str]:
    """Key → name."""
    plain = {key: _plain(key) for key in keys}
    often = Counter(name.casefold() for name in plain.values())
    return {
        key: name if name and often[name.casefold()] == 1 else f"{name}-{_mark(key)}" for key, name in plain.items()
    }


def _plain(key: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", key).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9_@.+-]+", "-", ascii_only).strip("-.")[:60]
    return "" if name.casefold().partition(".")[0] in _RESERVED else name


def _mark(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:8]
