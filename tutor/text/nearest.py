"""Says which valid name a misspelt one is nearest to. Loads difflib only when something is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def nearest(name: str, valid: Iterable[str], end: str = "") -> str:
    """Give `; did you mean …?`, or what is valid (at most eight names) and `end`, or `end` alone."""
    from difflib import get_close_matches  # 2 ms that only a mistake has to pay

    names = sorted(set(valid))
    if close := get_close_matches(name, names, n=1, cutoff=0.6):
        return f"; did you mean `{close[0]}`?"
    if not names:
        return end
    more = ", …" if len(names) > 8 else ""
    return "; valid are " + ", ".join(f"`{n}`" for n in names[:8]) + more + end


def shown(path: Path, line: int | None = None) -> str:
    """Name a course file as authors know it: `exercises/03_topic/softmax.md:12`."""
    name = "/".join(path.parts[-3:])
    return name if line is None else f"{name}:{line}"
