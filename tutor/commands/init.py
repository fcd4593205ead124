"""`tutor init DIR`: make a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tutor.commands.common import shorter, tell_notices
from tutor.console import note, say
from tutor.model import TutorError
from tutor.session import open_session

if TYPE_CHECKING:
    import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder of your own; it is made if need be")


def run(args: argparse.Namespace) -> int:
    """Make the workspace, or complete the one that is there; files that exist stay as they are."""
    if args.workspace is not None:
        raise TutorError("`tutor init` takes the folder as its argument; leave `--workspace` out.")
    folder = args.folder.expanduser().absolute()
    there = (folder / ".tutor" / "workspace.toml").exists()
    with open_session(args.course, folder, create=True) as session:
        tell_notices(session)
        count = len(session.course.exercises)
        note(f"{session.course.title}: {count} exercises in {shorter(folder)}" + (" (it was there)." if there else "."))
        note("Begin with `tutor start`, or open the folder in your editor and run `tutor watch`.")
    say(str(folder))
    return 0
