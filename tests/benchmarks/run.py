"""Measure tutor on this machine: ``python tests/benchmarks/run.py [--json] [--quick] [NAME…]``.

Prints one table. Each figure stands beside a baseline from the same run and the design's budget; the ratio travels
between machines, the seconds do not. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import application
import classes
import verdicts
from measure import Row, process, show


def command_line(home: Path, runs: int) -> Iterator[Row]:
    """CPU seconds of the light commands against a bare interpreter."""
    bare, _ = process([sys.executable, "-c", "pass"], home, runs)
    for arguments in (["--help"], ["list"], ["hint", "softmax"]):
        cpu, _ = process([sys.executable, "-m", "tutor", *arguments], home, runs)
        name = "tutor " + " ".join(arguments)
        yield Row(f"{name}, CPU", cpu * 1000, "ms", bare * 1000, "python -c pass", "≤ 60 ms" if arguments != ["hint", "softmax"] else "")


PARTS: dict[str, Callable[[Path, int], Iterator[Row]]] = {
    "cli": command_line,
    "paint": application.first_paint,
    "pages": application.lesson_pages,
    "keystroke": application.keystroke,
    "curve": application.curve_redraw,
    "cold": verdicts.cold,
    "warm": verdicts.warm,
    "memory": verdicts.memory,
    "class": classes.throughput,
}


def main() -> None:
    """Measure what was asked for, in order, and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="NAME", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    args = parser.parse_args()
    if unknown := set(args.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    rows: list[Row] = []
    for name in args.parts or PARTS:
        print(f"measuring {name} …", file=sys.stderr)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            home = Path(folder)
            process([sys.executable, "-m", "tutor", "init", str(home / "tutor")], home, 1)
            rows += PARTS[name](home, 3 if args.quick else 9)
    show(rows, args.json)


if __name__ == "__main__":
    main()
