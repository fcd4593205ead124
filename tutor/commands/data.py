"""`tutor data list | show NAME | fetch NAME…`: the data sets of the labs. Loads no NumPy."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tutor.console import mark, note, paint, progress_bar, say, say_json
from tutor.model import TutorError

if TYPE_CHECKING:
    import argparse

    from tutor.training.data.catalogue import RemoteFile, Source

_EPILOG = (
    "TUTOR_DATA=DIR names a folder that holds the original files (an offline classroom). "
    "TUTOR_MIRROR=URL is asked first when something is downloaded."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.epilog = _EPILOG
    parser.add_argument("action", choices=("list", "show", "fetch"), nargs="?", default="list", help="what to do")
    parser.add_argument("names", nargs="*", metavar="NAME", help="data sets; `fetch all` takes every one")
    parser.add_argument("--json", action="store_true", help="for programs (list and show)")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    from tutor.training.data.catalogue import catalogue, find_source

    if args.action == "list":
        return _list(list(catalogue().values()), json=args.json)
    if not args.names:
        raise TutorError(f"Say which: tutor data {args.action} NAME. `tutor data list` shows all.")
    if args.action == "fetch" and args.names == ["all"]:
        return _fetch([s for s in catalogue().values() if not s.embedded])
    sources = [find_source(name) for name in args.names]
    return _show(sources, json=args.json) if args.action == "show" else _fetch(sources)


def _list(sources: list[Source], *, json: bool) -> int:
    if json:
        say_json([_record(source) for source in sources])
        return 0
    width = max(len(s.name) for s in sources)
    for embedded, heading in ((True, "Here already"), (False, "To download")):
        say(paint(heading, "bold"))
        for source in (s for s in sources if s.embedded == embedded):
            say(f"  {_mark(source)} {source.name:<{width}}  {_size(source):>8}  {source.title}")
    note("`tutor data show NAME` tells licence and credit, `tutor data fetch NAME` downloads.")
    return 0


def _show(sources: list[Source], *, json: bool) -> int:
    if json:
        say_json([_record(source) for source in sources])
        return 0
    for source in sources:
        _describe(source)
    return 0


def _describe(source: Source) -> None:
    from tutor.training.data.cache import locate

    say(f"{source.name}: {source.title}")
    say(f"  licence  {source.licence}")
    say(f"  credit   {source.credit}")
    if source.stand_in:
        say(f"  without it, labs use {source.stand_in}")
    for file in source.files:
        place = locate(file)
        say(f"  {file.path}  {file.size:,} bytes  {f'here: {place}' if place else 'not here'}")
        say(f"    SHA-256 {file.sha256}")
        for url in file.urls:
            say(f"    {url}")


def _fetch(sources: list[Source]) -> int:
    from tutor.training.data.cache import available
    from tutor.training.data.fetch import fetch

    for source in sources:
        if source.embedded:
            note(f"{source.name} needs no download ({source.credit}).")
            continue
        if available(source):
            note(f"{source.name} is here already.")
            continue
        note(f"{source.name}: {source.title}, {_size(source)}")
        note(f"  licence: {source.licence}; credit: {source.credit}")
        for path in fetch(source, _Bar()):
            say(str(path))
    return 0


class _Bar:
    """Progress on stderr: one line that is rewritten on a terminal, a line a file elsewhere."""

    def __init__(self) -> None:
        self._live = bool(sys.stderr and sys.stderr.isatty())
        self._percent = -1

    def __call__(self, file: RemoteFile, have: int) -> None:
        percent = 100 * have // max(1, file.size)
        if percent == self._percent:
            return
        self._percent = percent
        text = f"  {progress_bar(have, file.size)} {percent:3d} %  {file.path}"
        if self._live:
            sys.stderr.write(f"\r{text}" + ("\n" if have == file.size else ""))
            sys.stderr.flush()
        elif have == file.size:
            note(text)


def _mark(source: Source) -> str:
    from tutor.training.data.cache import available

    return mark("passed" if available(source) else "other")


def _size(source: Source) -> str:
    return (
        ""
        if source.embedded
        else f"{source.size / 1e6:.1f} MB"
        if source.size >= 1e6
        else f"{source.size / 1e3:.0f} kB"
    )


def _record(source: Source) -> dict[str, object]:
    from tutor.training.data.cache import available

    files = [{"path": f.path, "size": f.size, "sha256": f.sha256, "urls": list(f.urls)} for f in source.files]
    return {
        "name": source.name,
        "title": source.title,
        "kind": source.kind,
        "licence": source.licence,
        "credit": source.credit,
        "stand_in": source.stand_in,
        "available": available(source),
        "files": files,
    }
