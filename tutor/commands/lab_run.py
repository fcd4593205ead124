"""One lab run in a plain terminal: narration and progress on stderr, then the curves on stdout, append-only."""

from __future__ import annotations

import contextlib
import shutil
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

from tutor.console import colored, note, say, say_json
from tutor.training.events import End, Event, Meta, Said, to_json
from tutor.training.narrate import comparison, ending, progress_line, whose_run
from tutor.training.record import RunRecord
from tutor.training.run import LabRun
from tutor.training.store import RunWriter, load_run

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

    from tutor.training.job import LabJob
    from tutor.training.module import LabModule


def train_plain(args: argparse.Namespace, job: LabJob, module: LabModule, folder: Path | None, live: bool) -> RunRecord:
    """Train, tell, draw. `live` rewrites one progress line; otherwise a line is added now and then."""
    others = {name: load_run(folder, name) for name in args.compare} if folder is not None else {}
    record = RunRecord()
    teller = _Teller(record, live=live, quiet=args.json)
    with LabRun(job, reference=not args.no_reference) as run:
        _follow(run, record, teller, folder, json=args.json)
    if not args.json:
        _draw(record, module, args, others)
    return record


def _follow(run: LabRun, record: RunRecord, teller: _Teller, folder: Path | None, *, json: bool) -> None:
    writer = RunWriter(folder, run.job.lab) if folder is not None else None
    record.id = writer.id if writer is not None else ""
    with _stops_on_ctrl_c(run):
        for event in run.events():
            record.accept(event)
            if writer is not None:
                writer.write(event)
            if json:
                say_json(to_json(event))
            teller.tell(event)
    if writer is not None:
        writer.close()
        if writer.problem:
            note(writer.problem)
    teller.done()


@contextlib.contextmanager
def _stops_on_ctrl_c(run: LabRun) -> Iterator[None]:
    """The first ctrl+c ends the run in order, so that it is judged and kept; the second one is the usual ctrl+c."""

    def stop(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, usual)
        note("\nStopping … (ctrl+c again gives up)")
        # Not here: the interrupted code may hold the very lock that stop() wants.
        threading.Thread(target=run.stop, daemon=True).start()

    usual = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


class _Teller:
    """Says on stderr what a reader must know while it runs."""

    def __init__(self, record: RunRecord, *, live: bool, quiet: bool) -> None:
        self._record, self._live, self._quiet = record, live and not quiet, quiet
        self._start, self._shown = 0.0, time.monotonic()
        self._tenth = 0
        self._open = False

    def tell(self, event: Event) -> None:
        if self._quiet:
            return
        match event:
            case Meta(who="mine"):
                self._line(f"{event.title}, seed {event.seed}. {whose_run(event)}")
            case Said(who="mine", kind="note"):
                self._line(event.text)
            case Said(who="mine", kind="printed"):
                self._line(f"  your code prints: {event.text}")
            case End(who="reference", outcome="error" | "died" | "stalled"):
                self._line(f"The reference run failed: {event.sentence}")
            case _:
                self._progress()

    def done(self) -> None:
        if self._open:
            note("")
        self._open = False

    def _line(self, text: str) -> None:
        self.done()
        note(text)

    def _progress(self) -> None:
        half = self._record.mine
        done, now = half.fraction, time.monotonic()
        if done is None:
            return
        if not self._start:
            self._start = now
        if self._live:
            if now - self._shown >= 0.2:
                self._shown, self._open = now, True
                sys.stderr.write(f"\r{progress_line(half, now - self._start)}\x1b[K")
                sys.stderr.flush()
        elif int(done * 10) > self._tenth and now - self._shown >= 1.0:
            self._tenth, self._shown = int(done * 10), now
            note(progress_line(half, now - self._start))


def _draw(record: RunRecord, module: LabModule, args: argparse.Namespace, others: dict[str, RunRecord]) -> None:
    from tutor.training.pictures import View, pictures
    from tutor.training.plot import render

    width = max(40, min(100, shutil.get_terminal_size((80, 24)).columns))
    view = View(args.log or module.log_axis, args.smooth)
    curves, metrics = pictures(record, module.curves, view, others), record.metrics(module.curves)
    for figure in (*curves[:2], *curves[len(metrics) :]):
        say(_trimmed(render(figure, width, 16, color=colored())))
        say()
    for metric in metrics:
        if sentence := comparison(record, metric):
            say(sentence)
    for line in ending(record.mine):
        say(line)
    if record.id:
        note(f"Kept as {record.id}; `tutor lab --runs` lists, `--compare {record.id}` lays it over another run.")


def _trimmed(picture: str) -> str:
    """Without blanks at the ends of lines and empty lines at the end: it is text to be read and copied."""
    return "\n".join(line.rstrip() for line in picture.split("\n")).rstrip()
