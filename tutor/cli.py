"""The command line: a table from command name to ``module:function``, loaded only when the command is called.

Owns parsing, exit codes and what happens when a command raises. Imports nothing but the standard library, because
`tutor --help` and `tutor list` must not pay for torch or Textual. What a command does lives in `tutor.commands`: each
module there has ``arguments(parser)`` and ``run(args) -> int``; `args.course` and `args.workspace` are always there.

Exit codes: 0 passed, 1 checks failed, 2 usage or content error, 3 internal error, 130 ctrl+c, 141 stdout closed early.
"""

from __future__ import annotations

import argparse
import os
import sys

from tutor import __version__
from tutor.console import note, prepare_streams

TYPE_CHECKING = False  # importing `typing` to ask would cost each command 4 ms, pathlib another 5
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import ModuleType
    from typing import NoReturn

COMMANDS: dict[str, tuple[str, str]] = {
    "start": ("tutor.commands.start:run", "open the app (makes a workspace on first use)"),
    "init": ("tutor.commands.init:run", "make a workspace in a folder"),
    "list": ("tutor.commands.list:run", "every exercise and how far you are"),
    "show": ("tutor.commands.show:run", "print a lesson or an exercise's task"),
    "grade": ("tutor.commands.grade:run", "check exercises"),
    "watch": ("tutor.commands.watch:run", "check an exercise each time you save it"),
    "hint": ("tutor.commands.hint:run", "the next hint of an exercise"),
    "solution": ("tutor.commands.solution:run", "the solution, once you passed or gave up"),
    "reset": ("tutor.commands.reset:run", "start an exercise over (your file is kept as a backup)"),
    "next": ("tutor.commands.next:run", "what to do next"),
    "lab": ("tutor.commands.lab:run", "train with your own code and watch the curve"),
    "history": ("tutor.commands.history:run", "every version you had checked; restore one"),
    "progress": ("tutor.commands.progress:run", "how far you are; export and import"),
    "doctor": ("tutor.commands.doctor:run", "check this machine"),
    "data": ("tutor.commands.data:run", "data sets of the labs"),
    "classroom": ("tutor.commands.classroom:run", "for instructors: compare gradings, statistics, similarity, CI"),
    "course": ("tutor.commands.course:run", "for authors: check a course"),
}

_DESCRIPTION = "Learn deep learning in the terminal: read, implement, get a verdict, train, see the curve."


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Asks for the terminal's width itself: argparse would load shutil and its compression libraries for that."""

    def __init__(self, prog: str) -> None:
        try:
            columns = int(os.environ.get("COLUMNS") or os.get_terminal_size().columns)
        except (OSError, ValueError):
            columns = 80
        super().__init__(prog, width=max(40, min(columns, 100)) - 2)


class _Parser(argparse.ArgumentParser):
    """argparse whose complaint ends with where help is, in one sentence."""

    def __init__(self, **options: str | None) -> None:
        super().__init__(
            prog=options["prog"],
            usage=options.get("usage"),
            description=options["description"],
            epilog=options.get("epilog"),
            formatter_class=_Formatter,
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        ending = "" if message.endswith((".", "?")) else "."
        self.exit(2, f"{self.prog}: {message}{ending} See `{self.prog} --help`.\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; never raises. Without `argv` it is the program of this process."""
    prepare_streams()
    if argv is None:
        _end_cleanly_on_sigterm()
    try:
        code = _dispatch(list(sys.argv[1:] if argv is None else argv))
        if sys.stdout is not None:
            sys.stdout.flush()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read stdout has gone (`tutor list | head -1`); keep the interpreter from flushing it again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 141
    except Exception as error:  # the one place where an internal error becomes a sentence
        return _explain(error)
    return code


def _dispatch(argv: list[str]) -> int:
    parser = _main_parser()
    before = parser.parse_args(argv)
    if before.command is None:
        parser.print_help()
        return 0
    if before.command not in COMMANDS:
        parser.error(_unknown(before.command))
    module = _load(before.command)
    sub = _Parser(prog=f"tutor {before.command}", description=COMMANDS[before.command][1])
    module.arguments(sub)
    _folders(sub, default=argparse.SUPPRESS)
    args = sub.parse_args(before.rest, argparse.Namespace(course=before.course, workspace=before.workspace))
    function = COMMANDS[before.command][0].partition(":")[2]
    return int(getattr(module, function)(args))


def _main_parser() -> _Parser:
    width = max(map(len, COMMANDS)) + 2
    table = "\n".join(f"  {name:<{width}}{summary}" for name, (_, summary) in COMMANDS.items())
    parser = _Parser(
        prog="tutor",
        description=_DESCRIPTION,
        usage="tutor [--course DIR] [--workspace DIR] COMMAND …",
        epilog=f"commands:\n{table}\n\nBegin with `tutor start`. `tutor COMMAND --help` tells more.",
    )
    _folders(parser, default=None)
    parser.add_argument("--version", action="version", version=f"tutor {__version__}")
    parser.add_argument("command", nargs="?", help=argparse.SUPPRESS)
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def _folders(parser: argparse.ArgumentParser, *, default: str | None) -> None:
    parser.add_argument("--course", type=_path, metavar="DIR", default=default, help="a course other than the bundled")
    parser.add_argument("--workspace", type=_path, metavar="DIR", default=default, help="your folder of exercises")


def _path(text: str) -> Path:
    from pathlib import Path

    return Path(text)


def _load(command: str) -> ModuleType:
    from importlib import import_module

    return import_module(COMMANDS[command][0].partition(":")[0])


def _unknown(command: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(command, COMMANDS, n=1)
    return f"there is no command {command!r}" + (f"; did you mean `tutor {near[0]}`?" if near else "")


def _end_cleanly_on_sigterm() -> None:
    """SIGTERM and SIGHUP unwind like an exit, so that `finally` ends the child processes."""
    import signal

    def leave(number: int, _frame: object) -> NoReturn:
        raise SystemExit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        try:
            signal.signal(getattr(signal, name), leave)
        except (AttributeError, ValueError):  # Windows has no SIGHUP; only the main thread may set handlers
            return


def _explain(error: Exception) -> int:
    from tutor.commands.failure import explain

    sentence, code = explain(error)
    note(f"tutor: {sentence}")
    return code
