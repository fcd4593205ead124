"""Runs pieces of Python in order, sharing one namespace, and prints what each of them printed as JSON.

A process of its own for each lesson: `python -m tutor.course.run_fences < pieces.json`. Only the content check uses it,
on the authors' code.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import traceback


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


if __name__ == "__main__":
    answer = sys.stdout
    json.dump(run(json.load(sys.stdin)), answer)
