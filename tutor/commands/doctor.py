"""`tutor doctor`: what this machine has and enforces, found by trying. Exit code 1 when tutor cannot work here.

Each probe is a function of its own that returns rows; one that fails becomes a row, too.
"""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tutor import __version__
from tutor.commands.common import shorter
from tutor.console import colored, mark, note, paint, say, say_json
from tutor.model import Limits, TutorError
from tutor.paths import user_folder

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

Status = Literal["ok", "note", "bad"]

_PACKAGES = ("numpy", "pytest", "textual", "rich", "plotext", "tree-sitter", "tree-sitter-python", "scikit-learn")

_TORCH = """
import json, torch
devices = ["cpu"] + [f"cuda: {torch.cuda.get_device_name(i)}" for i in range(torch.cuda.device_count())]
mps = getattr(torch.backends, "mps", None)
devices += ["mps"] if mps is not None and mps.is_available() else []
print(json.dumps([torch.__version__, devices, torch.get_num_threads()]))
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report. `bad` means that tutor cannot work; `note` that something is missing or different."""

    subject: str
    status: Status
    text: str


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Try everything and print a row each as it is known."""
    probes: tuple[tuple[str, Callable[[], list[Row]]], ...] = (
        ("python", _python),
        ("packages", _packages),
        ("torch", _torch),
        ("terminal", _terminal),
        ("editor", _editor),
        ("processes", _processes),
        ("limits", _limits),
        ("data", _data),
        ("workspace", lambda: _workspace(args)),
    )
    rows: list[Row] = []
    for subject, probe in probes:
        found = _try(subject, probe)
        rows += found
        if not args.json:
            for row in found:
                _print(row)
    usable = all(row.status != "bad" for row in rows)
    if args.json:
        say_json({"usable": usable, "rows": [asdict(row) for row in rows]})
    else:
        note(
            "Everything tutor needs is here."
            if usable
            else "tutor cannot work here until what is marked bad is mended."
        )
    return 0 if usable else 1


def _try(subject: str, probe: Callable[[], list[Row]]) -> list[Row]:
    try:
        return probe()
    except TutorError as error:
        return [Row(subject, "bad", str(error))]
    except Exception as error:  # a doctor that dies of what it looks at helps nobody
        return [Row(subject, "note", f"could not be examined: {type(error).__name__}: {error}")]


def _print(row: Row) -> None:
    sign = {"ok": "passed", "note": "other", "bad": "failed"}[row.status]
    color = {"ok": "green", "note": "yellow", "bad": "red"}[row.status]
    say(f"{paint(mark(sign), color)} {row.status:<5} {row.subject:<14} {row.text}")


def _python() -> list[Row]:
    text = f"{platform.python_version()} at {sys.executable}, {platform.platform(terse=True)}"
    good = sys.version_info >= (3, 11)
    return [Row("tutor", "ok", __version__), Row("python", "ok" if good else "bad", text)]


def _packages() -> list[Row]:
    from importlib.metadata import PackageNotFoundError, version

    found, missing = [], []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    rows = [Row("packages", "ok", ", ".join(found))] if found else []
    return rows + ([Row("packages", "bad", f"missing: {', '.join(missing)}")] if missing else [])


def _torch() -> list[Row]:
    """In a process of its own: a broken torch may crash, and importing it takes a second."""
    import json

    try:
        done = subprocess.run([sys.executable, "-c", _TORCH], capture_output=True, text=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        return [Row("torch", "bad", "importing torch took more than two minutes")]
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return [Row("torch", "bad", f"cannot be imported: {last}")]
    version, devices, threads = json.loads(done.stdout.strip().splitlines()[-1])
    return [Row("torch", "ok", f"{version}, {threads} threads"), Row("devices", "ok", ", ".join(devices))]


def _terminal() -> list[Row]:
    from tutor.commands.start import unusable

    columns, rows = shutil.get_terminal_size()
    depth = "24-bit colour" if os.environ.get("COLORTERM") in ("truecolor", "24bit") else "16 or 256 colours"
    colors = depth if colored() else "no colour"
    encoding = getattr(sys.stdout, "encoding", None) or "unknown"
    term = os.environ.get("TERM", "not set")
    found = [Row("terminal", "ok", f"{columns}×{rows}, {colors}, {encoding}, TERM {term}")]
    if problem := unusable():
        found.append(Row("terminal", "note", f"the app cannot open here: {problem}; the plain commands can"))
    if "utf" not in encoding.lower():
        found.append(Row("terminal", "note", f"{encoding} cannot show formulas; set PYTHONUTF8=1 or a UTF-8 locale"))
    return found


def _editor() -> list[Row]:
    for name in ("VISUAL", "EDITOR"):
        if command := os.environ.get(name):
            parts = shlex.split(command)
            if parts and shutil.which(parts[0]):
                return [Row("editor", "ok", f"{command} ({name})")]
            return [Row("editor", "note", f"{name} is {command!r}, which is not installed; the app's own editor works")]
    return [Row("editor", "note", "neither VISUAL nor EDITOR is set; the app's own editor works, ctrl+o has no other")]


def _processes() -> list[Row]:
    cores = os.cpu_count() or 1
    fork = hasattr(os, "fork") and sys.platform != "win32"
    how = "each verdict in a fork of a warm server" if fork else "no fork here: each verdict in a process kept ready"
    return [Row("processes", "ok", f"{how}; {cores} cores")]


def _limits() -> list[Row]:
    from tutor.grading.limits import enforced, missing

    told = enforced(Limits())
    layers = told.pop("sandbox").partition(": ")[2] or "none here"
    rows = [Row("limits", "ok", ", ".join(f"{name}: {value}" for name, value in told.items()))]
    if open_ := missing():
        text = f"{layers}; nothing guards {', '.join(open_)}: `grade --sandbox strict` refuses; only run code you trust"
        return [*rows, Row("sandbox", "note", text)]
    return [*rows, Row("sandbox", "ok", f"{layers}; `grade --sandbox strict` works")]


def _data() -> list[Row]:
    cache = user_folder("cache")
    state = "is there" if cache.is_dir() else "will be made when something is downloaded"
    return [Row("data", "ok", f"{shorter(cache)} {state}; `tutor data` lists the sources")]


def _workspace(args: argparse.Namespace) -> list[Row]:
    from tutor.session import NoWorkspace, open_session

    try:
        session = open_session(args.course, args.workspace)
    except NoWorkspace:
        return [Row("workspace", "note", "none yet: `tutor start` or `tutor init DIR` makes one")]
    with session:
        course, root = session.course, session.workspace.root
        rows = [Row("course", "ok", f"{course.title} {course.version}: {len(course.exercises)} exercises")]
        rows.append(_writable(root))
        missing = [e.id for e in course.exercises if not session.path(e.id).is_file()]
        if missing:
            rows.append(
                Row("workspace", "note", f"no file for {', '.join(missing)}; `tutor reset NAME` brings it back")
            )
        finding = session.progress.check()
        count, journal = len(session.progress.attempts()), session.progress.journal_mode()
        rows.append(
            Row("progress", "ok" if finding == "ok" else "bad", f"{finding}, {count} verdicts, journal {journal}")
        )
        rows += [Row("progress", "note", notice) for notice in session.take_notices()]
    return rows


def _writable(root: Path) -> Row:
    from tutor.atomic import create_new

    probe = root / ".tutor" / f"probe-{os.getpid()}"
    create_new(probe, b"")
    probe.unlink(missing_ok=True)
    return Row("workspace", "ok", shorter(root))
