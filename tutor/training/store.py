"""Runs kept on disk: one JSON-lines file a run under `<workspace>/.tutor/runs/`. Draws nothing."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from tutor.model import TutorError
from tutor.training.events import Event, Meta, from_json, to_json
from tutor.training.record import RunRecord


@dataclass(frozen=True, slots=True)
class KeptRun:
    """One line of the list of runs."""

    id: str
    path: Path
    lab: str
    started: str
    outcome: str
    reached: bool | None
    value: float
    metric: str
    meta: Meta
    """Knobs, seed and whose code."""


class RunWriter:
    """Appends events to a run's file as they come: a killed program loses nothing that was shown."""

    def __init__(self, folder: Path, lab: str) -> None:
        self.problem = ""
        self.id, self._file = "", None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.id, self._file = _new_file(folder, lab)
        except OSError as error:
            self.problem = f"This run is not kept: {error.strerror or error} ({folder})."

    def write(self, event: Event) -> None:
        """Append one event; a full disk ends the keeping, not the run."""
        if self._file is None:
            return
        try:
            self._file.write(json.dumps(to_json(event), allow_nan=False) + "\n")
        except OSError as error:
            self._give_up(error)

    def close(self) -> None:
        """Finish the file."""
        if self._file is not None:
            try:
                self._file.close()
                self._file = None
            except OSError as error:
                self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        self.problem = f"The rest of this run is not kept: {error.strerror or error}."
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()


def _new_file(folder: Path, lab: str) -> tuple[str, IO[str]]:
    """A name that is free, also when two programs start a run in the same second."""
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    for number in range(1, 1000):
        run_id = f"{lab}-{stamp}" + (f"-{number}" if number > 1 else "")
        try:
            return run_id, (folder / f"{run_id}.jsonl").open("x", encoding="utf-8", buffering=1 << 14)
        except FileExistsError:
            continue
    raise OSError(f"no free name for a run in {folder}")


def read_events(path: Path) -> Iterator[Event]:
    """The events of a kept run; a line that was cut by a crash is left out."""
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                yield from_json(json.loads(line))
            except (ValueError, KeyError, TypeError):
                continue


def load_run(folder: Path, run_id: str) -> RunRecord:
    """A kept run by its id, by an unambiguous beginning of it, or `last`."""
    path = find_run(folder, run_id)
    record = RunRecord(id=path.stem)
    for event in read_events(path):
        record.accept(event)
    return record


def find_run(folder: Path, run_id: str) -> Path:
    """The file of a kept run; a TutorError says which there are."""
    paths = sorted(folder.glob("*.jsonl"), key=lambda p: (p.stat().st_mtime_ns, p.name)) if folder.is_dir() else []
    if not paths:
        raise TutorError("No run is kept yet. Train a lab first: tutor lab NAME")
    wanted = run_id.removesuffix(".jsonl")
    if wanted == "last":
        return paths[-1]
    found = [p for p in paths if p.stem == wanted] or [p for p in paths if p.stem.startswith(wanted)]
    if len(found) != 1:
        why = f"is the beginning of {len(found)} runs" if found else "is not a run"
        raise TutorError(f"{run_id!r} {why}. `tutor lab --runs` lists them; the newest is {paths[-1].stem}.")
    return found[0]


def list_runs(folder: Path, lab: str | None = None) -> list[KeptRun]:
    """Kept runs, newest first."""
    if not folder.is_dir():
        return []
    paths = sorted(folder.glob("*.jsonl"), key=lambda p: (p.stat().st_mtime_ns, p.name), reverse=True)
    runs = [_summary(path) for path in paths]
    return [run for run in runs if run is not None and lab in (None, run.lab)]


def _summary(path: Path) -> KeptRun | None:
    """The summary without decoding the metrics, which are nearly all of the lines."""
    record = RunRecord(id=path.stem)
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith(('{"event": "metrics"', '{"event": "shown"')):
                continue
            try:
                record.accept(from_json(json.loads(line)))
            except (ValueError, KeyError, TypeError):
                continue
    meta, end = record.mine.meta, record.mine.end
    if meta is None:
        return None
    metric = record.mine.target.metric if record.mine.target else ""
    outcome = end.outcome if end else "interrupted"
    value, reached = (end.value, end.reached) if end else (float("nan"), None)
    return KeptRun(path.stem, path, meta.lab, meta.started, outcome, reached, value, metric, meta)


def to_csv(record: RunRecord) -> str:
    """One row a step and half: `who,step,<metric>…`; NaN and infinities by name."""
    names = sorted({n for half in (record.mine, record.reference) for n in half.series})
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["who", "step", *names])
    for who, half in (("mine", record.mine), ("reference", record.reference)):
        rows: dict[float, dict[str, str]] = {}
        for name, series in half.series.items():
            for step, value in zip(series.steps, series.values, strict=True):
                rows.setdefault(step, {})[name] = repr(value)
            if series.broke_at is not None:
                rows.setdefault(series.broke_at, {})[name] = series.broke_with
        for step in sorted(rows):
            writer.writerow([who, f"{step:g}", *(rows[step].get(name, "") for name in names)])
    return out.getvalue()


def export(folder: Path, run_id: str, target: Path) -> Path:
    """Write a kept run as CSV or JSON lines, by the ending of `target`; an existing file is not overwritten."""
    if target.suffix not in {".csv", ".jsonl"}:
        raise TutorError(f"{target}: export writes .csv or .jsonl; which one is said by the file's ending.")
    path = find_run(folder, run_id)
    text = to_csv(load_run(folder, path.stem)) if target.suffix == ".csv" else path.read_text(encoding="utf-8")
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise TutorError(f"{target} exists already and is not overwritten. Choose another name.") from None
    except OSError as error:
        raise TutorError(f"{target} cannot be written: {error.strerror or error}.") from error
    return target
