"""Which data there is: embedded in a dependency or downloadable, with licence, credit, addresses and checksums.

The list itself is `catalogue.toml` beside this module.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, get_args

from tutor.model import TutorError
from tutor.text.nearest import nearest

Kind = Literal["images", "table", "text", "pairs", "photos"]


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file to download; the first address that gives these bytes wins."""

    path: str
    """Where it lies below the cache and below TUTOR_DATA."""
    size: int
    sha256: str
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One data set. Without files it is embedded: it comes with a dependency or with Python."""

    name: str
    title: str
    kind: Kind
    licence: str
    credit: str
    files: tuple[RemoteFile, ...] = ()
    stand_in: str = ""
    """The embedded source that labs use while this one is not there."""
    requires: str = ""
    """An optional module without which it cannot be read."""

    @property
    def embedded(self) -> bool:
        """True when there is nothing to download."""
        return not self.files

    @property
    def readable(self) -> bool:
        """False when an optional module is missing."""
        return not self.requires or find_spec(self.requires) is not None

    @property
    def size(self) -> int:
        """Bytes to download."""
        return sum(file.size for file in self.files)


@cache
def catalogue() -> dict[str, Source]:
    """Every source by name, embedded ones first."""
    table = tomllib.loads(Path(__file__).with_name("catalogue.toml").read_text(encoding="utf-8"))
    return {entry["name"]: _source(entry) for entry in table["source"]}


def find_source(name: str) -> Source:
    """The source of that name; a TutorError names the nearest one."""
    wanted = name.strip().lower().replace("_", "-").removesuffix(".txt").removesuffix(".csv")
    if wanted in catalogue():
        return catalogue()[wanted]
    what = nearest(wanted, catalogue(), ".")
    raise TutorError(f"There is no data called {name!r}{what} `tutor data list` shows all.")


def _source(entry: dict[str, Any]) -> Source:
    fields = {key: value for key, value in entry.items() if key != "file"}
    if fields["kind"] not in get_args(Kind):
        raise ValueError(f"catalogue.toml: {fields['name']} has the unknown kind {fields['kind']!r}")
    return Source(**fields, files=tuple(_file(file) for file in entry.get("file", ())))


def _file(entry: dict[str, Any]) -> RemoteFile:
    urls = (*_github(entry.get("github", "")), *entry.get("urls", ()))
    return RemoteFile(entry["path"], entry["size"], entry["sha256"], urls)


def _github(place: str) -> tuple[str, ...]:
    """`owner/repository@commit:path` by its two addresses."""
    if not place:
        return ()
    repository, _, rest = place.partition("@")
    commit, _, path = rest.partition(":")
    return (
        f"https://raw.githubusercontent.com/{repository}/{commit}/{path}",
        f"https://github.com/{repository}/raw/{commit}/{path}",
    )
