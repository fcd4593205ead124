"""Runs programs made of pieces of Python, and prints what each piece printed as JSON.

`python -m tutor.course.run_fences < programs.json`: torch is imported once, and a child forked for each program. Only
the content check uses it, on the authors' code.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
import traceback
from functools import partial

from tutor.course.forked import Died, fork_map

SECONDS = 120.0
"""Of CPU time, for one program."""


def run(pieces: list[tuple[str, str]]) -> list[dict[str, str]]:
    """Run (name, code) pieces; each result has `output` and `error`, the last lines of a traceback or empty."""
    namespace: dict[str, object] = {"__name__": "__main__"}
    results = []
    for name, code in pieces:
        printed = io.StringIO()
        error = ""
        with contextlib.redirect_stdout(printed):
            try:
                exec(compile(code, name, "exec", dont_inherit=True), namespace)
            except BaseException as problem:  # SystemExit too: a fence must not end the others unseen
                lines = traceback.extract_tb(problem.__traceback__)
                where = next((f"line {frame.lineno}: " for frame in reversed(lines) if frame.filename == name), "")
                error = where + "".join(traceback.format_exception_only(problem)).strip()
        results.append({"output": printed.getvalue(), "error": error})
    return results


def run_all(programs: list[list[tuple[str, str]]]) -> list[list[dict[str, str]] | str]:
    """Run each program in a process and a folder of its own; gives its results, or how it ended instead."""
    found: dict[int, list[dict[str, str]] | str] = {}
    tasks = [partial(_in_a_folder, pieces) for pieces in programs]
    for index, result in fork_map(tasks, jobs=os.cpu_count() or 1, seconds=SECONDS):
        found[index] = result.reason if isinstance(result, Died) else result
    return [found[index] for index in range(len(programs))]


def _in_a_folder(pieces: list[tuple[str, str]]) -> list[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        return run(pieces)


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    json.dump(run_all(json.load(sys.stdin)), sys.stdout)
